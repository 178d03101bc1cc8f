"""POST references: a file or a URL becomes an upload to refer to."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from generation.models import Job, Reference
from ourvidz.media.limits import MAX_REFERENCE_BYTES
from tests.factories import picture_bytes

ADDRESS = "/api/v1/references"


def upload(client, content: bytes, name="boat.png"):
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, content)})


def test_a_file_becomes_an_upload_that_a_job_can_use(client, creator):
    answer = upload(client, picture_bytes(80, 40))

    assert answer.status_code == 201
    reference = Reference.objects.get()
    assert answer.json() == {"upload_id": str(reference.pk), "width": 80, "height": 40}

    body = {"prompt": "a boat", "reference": {"upload_id": str(reference.pk)}}
    client.post("/api/v1/generate-content", body, content_type="application/json")

    assert Job.objects.get().references.get().reference == reference


def test_a_foreign_upload_is_unknown(client, stranger, creator):
    upload(client, picture_bytes())
    reference = Reference.objects.get()
    client.force_login(stranger)

    body = {"prompt": "a boat", "reference": {"upload_id": str(reference.pk)}}
    answer = client.post("/api/v1/generate-content", body, content_type="application/json")

    assert answer.json()["errors"].keys() == {"reference.upload_id"}


def test_a_url_becomes_an_upload(client, monkeypatch):
    monkeypatch.setattr("generation.references.fetch_picture", lambda url: picture_bytes(30, 20))

    answer = client.post(
        ADDRESS, {"url": "https://example.com/a.png"}, content_type="application/json"
    )

    assert answer.status_code == 201
    assert answer.json()["width"] == 30


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg onload=alert(1)>", "boat.png"),
        (picture_bytes()[:70], "cut.png"),
        (b"\0" * (MAX_REFERENCE_BYTES + 1), "large.png"),
    ],
)
def test_a_bad_file_names_the_field(client, content, name):
    answer = upload(client, content, name)

    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {"file"}
    assert not Reference.objects.exists()


@pytest.mark.parametrize("body", ["{}", "[]", "{", '"x"', ""])
def test_a_body_without_a_url(client, body):
    answer = client.post(ADDRESS, body, content_type="application/json")

    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {"url"}


def test_a_form_without_a_file(client):
    answer = client.post(ADDRESS, {"note": "nothing"})

    assert answer.json()["errors"].keys() == {"file"}


def test_broken_multipart_is_a_problem_too(client):
    answer = client.post(ADDRESS, b"--x\r\nbroken", content_type="multipart/form-data")

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"

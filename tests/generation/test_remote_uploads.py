"""Outputs that a worker on another machine puts straight into the S3 store."""

import pytest
import urllib3

from generation.models import Job
from ourvidz.media import buckets
from tests.factories import make_job, picture_bytes
from tests.generation.remote_calls import Caller
from tests.media.conftest import s3_buckets, s3_server  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(db, s3_buckets) -> Caller:  # noqa: F811
    buckets.ensure_buckets()
    return Caller()


@pytest.fixture
def job(worker, creator) -> dict:
    make_job(creator, count=1)
    return worker.claimed()


def place(worker: Caller, job: dict, size: int) -> dict:
    body = {"fence": job["fence"], "index": 0, "extension": "png", "size": size}
    answer = worker.post(f"worker/jobs/{job['id']}/uploads", body)
    assert answer.status_code == 200, answer.content
    return answer.json()


def put(place: dict, content: bytes) -> int:
    return urllib3.request("PUT", place["url"], body=content, headers=place["headers"]).status


def test_the_file_goes_to_the_store_and_the_word_to_the_studio(worker, job):
    content = picture_bytes()
    assert job["direct_uploads"] is True
    assert put(place(worker, job, len(content)), content) == 200
    assert worker.deliver(job, 0, None).status_code == 200
    asset = Job.objects.get().assets.get()
    assert (asset.width, asset.bytes) == (64, len(content))
    names = {key.rpartition("/")[2] for key in buckets.each_key("workspace-temp")}
    assert names == {"0.png", "0.thumb.webp"}, "what was uploaded is gone again"
    assert worker.deliver(job, 0, None).status_code == 200, "twice is fine"


def test_an_address_that_is_used_late_spoils_nothing(worker, job):
    content, other = picture_bytes(), picture_bytes(colour=9)
    address = place(worker, job, len(content))
    put(address, content)
    worker.deliver(job, 0, None)
    put(address, other)
    with buckets.open_file("workspace-temp", Job.objects.get().assets.get().key) as file:
        assert file.read() == content


def test_what_was_not_uploaded_cannot_land(worker, job):
    answer = worker.deliver(job, 0, None)
    assert answer.json()["errors"] == {"file": ["It was not uploaded yet."]}


def test_what_is_no_picture_cannot_land(worker, job):
    put(place(worker, job, 5), b"hello")
    assert worker.deliver(job, 0, None).status_code == 422
    assert not Job.objects.get().assets.exists()


def test_nobody_else_is_given_a_place(worker, job):
    body = {"fence": job["fence"], "index": 0, "extension": "png", "size": 10}
    assert Caller("other").post(f"worker/jobs/{job['id']}/uploads", body).status_code == 404

"""References are checked, made anew and copied into their owner's own storage."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from generation import references
from generation.models import Job, Reference
from generation.references import (
    reference_from_asset,
    reference_from_upload,
    reference_from_url,
)
from ourvidz.errors import RequestError
from ourvidz.media import buckets
from ourvidz.media.fetch import FetchError
from ourvidz.media.limits import MAX_REFERENCE_BYTES
from tests.factories import make_job, make_library_asset, make_workspace_asset, picture_bytes


def upload(owner, content: bytes, name="boat.png") -> Reference:
    return reference_from_upload(owner, SimpleUploadedFile(name, content), name)


def nothing_left() -> bool:
    return not Reference.objects.exists() and not list(buckets.each_key(Reference.bucket))


def test_an_upload_is_made_anew_and_described(creator):
    reference = upload(creator, picture_bytes(80, 40, file_format="JPEG"), "bo\nat.jpg")

    assert (reference.width, reference.height, reference.mime_type) == (80, 40, "image/png")
    assert (reference.source, reference.source_name) == ("upload", "boat.jpg")
    assert reference.key == f"{creator.pk}/{reference.pk}.png"
    with buckets.open_file(Reference.bucket, reference.key) as file:
        assert Image.open(io.BytesIO(file.read())).size == (80, 40)
    assert buckets.exists(Reference.bucket, reference.thumbnail_key)
    assert reference.thumbhash


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"GIF89a" + b"\0" * 40,
        picture_bytes()[:60],
        b"\0" * (MAX_REFERENCE_BYTES + 1),
    ],
    ids=["empty", "text", "gif", "truncated", "too large"],
)
def test_a_bad_upload_is_refused_by_name(creator, content):
    with pytest.raises(RequestError) as refusal:
        upload(creator, content)

    assert refusal.value.errors.keys() == {"file"}
    assert nothing_left()


def test_a_url_is_fetched(creator, monkeypatch):
    monkeypatch.setattr(references, "fetch_picture", lambda url: picture_bytes(30, 20))

    reference = reference_from_url(creator, "https://example.com/a/boat.png?token=secret")

    assert (reference.source, reference.source_name) == ("url", "example.com")
    assert (reference.width, reference.height) == (30, 20)


def test_a_url_that_cannot_be_fetched(creator, monkeypatch):
    def refuse(url):
        raise FetchError("That address cannot be used.")

    monkeypatch.setattr(references, "fetch_picture", refuse)

    with pytest.raises(RequestError) as refusal:
        reference_from_url(creator, "https://example.com/a.png")

    assert refusal.value.errors == {"url": ["That address cannot be used."]}


@pytest.mark.parametrize("url", ["http://127.0.0.1/a.png", "http://169.254.169.254/", "file:///a"])
def test_a_private_address_is_refused(creator, url):
    with pytest.raises(RequestError) as refusal:
        reference_from_url(creator, url)

    assert refusal.value.errors.keys() == {"url"}
    assert nothing_left()


def test_a_url_with_something_else_behind_it(creator, monkeypatch):
    monkeypatch.setattr(references, "fetch_picture", lambda url: b"<html>")

    with pytest.raises(RequestError) as refusal:
        reference_from_url(creator, "https://example.com/a.png")

    assert refusal.value.errors.keys() == {"url"}


def test_a_staged_asset_and_a_kept_one(creator):
    staged = make_workspace_asset(make_job(creator), stored=True)
    kept = make_library_asset(creator, stored=True, source_asset_id=staged.pk)

    for asset in (staged, kept):
        reference = reference_from_asset(creator, asset.pk)
        assert (reference.source, reference.source_asset_id) == ("asset", staged.pk)
        assert (reference.width, reference.height) == (64, 36)


def test_of_a_clip_the_poster_is_taken(creator):
    clip = make_workspace_asset(make_job(creator, job_type="video_fast"), stored=True)

    reference = reference_from_asset(creator, clip.pk)

    assert (reference.kind, reference.width) == ("image", 64)


def test_a_foreign_asset_is_as_unknown_as_none(creator, stranger):
    foreign = make_library_asset(stranger, stored=True)
    messages = []
    for asset_id in (foreign.pk, make_job(stranger).pk):
        with pytest.raises(RequestError) as refusal:
            reference_from_asset(creator, asset_id)
        messages.append(refusal.value.errors)

    assert messages[0] == messages[1] == {"asset_id": [references.NO_ASSET]}


def test_an_asset_whose_file_is_gone(creator):
    asset = make_workspace_asset(make_job(creator, status=Job.Status.COMPLETED))

    with pytest.raises(RequestError) as refusal:
        reference_from_asset(creator, asset.pk)

    assert refusal.value.errors == {"asset_id": [references.UNREADABLE]}


def test_a_store_that_fails_half_way_keeps_nothing(creator, monkeypatch):
    real, calls = buckets.store, []

    def fail_second(*args):
        calls.append(args)
        if len(calls) == 2:
            raise OSError("full")
        real(*args)

    monkeypatch.setattr(buckets, "store", fail_second)

    with pytest.raises(OSError, match="full"):
        upload(creator, picture_bytes())

    assert nothing_left()


def test_a_row_that_cannot_be_saved_keeps_no_file(creator, monkeypatch):
    monkeypatch.setattr(Reference, "save", lambda self: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        upload(creator, picture_bytes())

    assert nothing_left()

"""An asset's file without what it says of how it was made, and why where there is none."""

import io

import pytest
from asgiref.sync import async_to_sync
from PIL import Image

from ourvidz.media import buckets, tell
from ourvidz.media.bucket_errors import BucketError
from tests.factories import make_library_asset
from tests.media.conftest import PARAMETERS, mp4, png, s3_buckets, s3_server  # noqa: F401

MADE = {"png": "image/png", "mp4": "video/mp4"}


@pytest.fixture(params=["folder", "s3_buckets"])
def stored(request, creator):
    """A clip without its file, in a studio of either kind of buckets."""
    if request.param != "folder":
        request.getfixturevalue(request.param)
    buckets.ensure_buckets()
    return make_library_asset(creator, kind="video", key="1/boat.mp4", mime_type="video/mp4")


def plain_download(client, asset):
    return client.get(f"/library/{asset.pk}/download/plain/")


async def content_of(answer) -> bytes:
    return b"".join([block async for block in answer])


@pytest.mark.parametrize("kind", MADE)
def test_it_tells_nothing_of_how_it_was_made(client, creator, request, kind, tmp_path):
    file = request.getfixturevalue(kind)
    assert tell.read_parameters(file)
    asset = make_library_asset(creator, key=f"1/boat.{kind}", mime_type=MADE[kind])
    buckets.store(asset.bucket, asset.key, file, MADE[kind])

    answer = plain_download(client, asset)
    content = async_to_sync(content_of)(answer)

    (plain := tmp_path / f"plain.{kind}").write_bytes(content)
    assert not tell.read_parameters(plain)
    assert PARAMETERS["prompt"].encode() not in content
    assert len(content) == int(answer.headers["Content-Length"])
    assert answer.headers["Content-Type"] == MADE[kind]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


def test_its_pixels_are_the_same(client, creator, png):  # noqa: F811 - the fixture
    asset = make_library_asset(creator)
    buckets.store(asset.bucket, asset.key, png, "image/png")

    content = async_to_sync(content_of)(plain_download(client, asset))

    assert Image.open(io.BytesIO(content)).tobytes() == Image.open(png).tobytes()


def test_a_file_that_is_gone_reads_as_in_the_other_download(client, stored):
    answer = plain_download(client, stored)

    assert (answer.status_code, answer.content) == (404, b"There is no such file.")
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_other_download_says_the_same(client, kept):
    buckets.remove(kept.bucket, [kept.key])

    made = client.get(client.get(f"/library/{kept.pk}/download/").headers["Location"])

    plain = plain_download(client, kept)
    assert (plain.status_code, plain.content) == (made.status_code, made.content)


@pytest.mark.parametrize("kept_bytes", [0, 40, 400])
@pytest.mark.parametrize("kind", MADE)
def test_a_damaged_file_says_so(client, creator, request, kind, kept_bytes):
    whole = request.getfixturevalue(kind).read_bytes()
    asset = make_library_asset(creator, key=f"1/boat.{kind}", mime_type=MADE[kind])
    buckets.store(asset.bucket, asset.key, whole[:kept_bytes], MADE[kind])

    answer = plain_download(client, asset)

    assert answer.status_code == 422
    assert b"damaged" in answer.content


def test_a_store_that_does_not_answer_says_so(client, stored, monkeypatch):
    def fail(bucket, key):
        raise BucketError("away")

    monkeypatch.setattr(buckets, "local_copy", fail)

    answer = plain_download(client, stored)

    assert (answer.status_code, b"Try again" in answer.content) == (503, True)

"""Files sent to whom a view admits, also from S3: whole, in parts, from flat memory."""

import os

import pytest
from asgiref.sync import async_to_sync
from django.test import RequestFactory

from ourvidz.media import buckets, delivery
from ourvidz.media.bucket_errors import BucketError

KEY = "public/clip.mp4"
CONTENT = os.urandom(delivery.SENT_AT_ONCE + 170_000)


@pytest.fixture(params=["folder_buckets", "s3_buckets"])
def stored(request):
    """A clip in a bucket of either kind."""
    request.getfixturevalue(request.param)
    buckets.ensure_buckets()
    buckets.store("user-library", KEY, CONTENT, "video/mp4")


def sent(key=KEY, method="get", **headers):
    request = getattr(RequestFactory(), method)("/x/", headers=headers)
    return async_to_sync(delivery.send_to_admitted)(request, "user-library", key, "clip.mp4")


def body(answer) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


def test_it_is_sent_whole_and_never_kept_unasked(stored):
    answer = sent()

    assert (answer.status_code, body(answer)) == (200, CONTENT)
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Content-Disposition"] == 'inline; filename="clip.mp4"'
    again = sent(**{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=600000-", 600_000, None), ("bytes=-7", -7, None)],
)
def test_a_part_is_sent(stored, asked, start, end):
    answer = sent(Range=asked)

    assert answer.status_code == 206
    assert body(answer) == CONTENT[start:end]


def test_more_than_there_is_and_what_is_not_there(stored):
    assert sent(Range=f"bytes={len(CONTENT)}-").status_code == 416
    assert sent("public/other.mp4").status_code == 404
    assert sent(method="head").headers["Content-Length"] == str(len(CONTENT))


def test_a_store_that_does_not_answer_says_so(s3_buckets, monkeypatch):
    storage = buckets.bucket_named("user-library")

    def fail(key):
        raise BucketError("away")

    monkeypatch.setattr(storage, "reader", fail)

    assert sent().status_code == 503


def test_nginx_is_told_where_it_lies(folder_buckets, settings):
    settings.ACCEL_REDIRECT_PREFIX = "/files/"

    answer = sent()

    assert answer.headers["X-Accel-Redirect"] == f"/files/user-library/{KEY}"
    assert answer.headers["Cache-Control"] == "private, no-cache"

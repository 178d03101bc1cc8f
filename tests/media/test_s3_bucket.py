"""An S3 bucket keeps what it promises, and says what is wrong when it cannot."""

import os
import socket
import subprocess
import sys
import time
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.core.files.base import ContentFile

from ourvidz.media.bucket_errors import BucketError
from ourvidz.media.s3_bucket import S3Bucket
from tests.media.conftest import s3_options


@pytest.fixture
def bucket(s3_server) -> S3Bucket:
    bucket = S3Bucket(**s3_options(s3_server, "pictures"))
    bucket.ensure()
    return bucket


def test_making_it_again_changes_nothing(bucket):
    bucket.store("7/0.png", b"pixels", "image/png")
    bucket.ensure()
    assert list(bucket.each_key()) == ["7/0.png"]


def test_what_is_stored_can_be_kept_by_browsers(bucket, settings):
    bucket.store("7/0.png", b"pixels", "image/png")
    head = bucket.client.head_object(Bucket=bucket.bucket_name, Key="7/0.png")
    assert head["ContentType"] == "image/png"
    assert head["CacheControl"] == f"private, max-age={settings.SIGNED_URL_SECONDS}, immutable"


def test_nothing_can_be_read_without_a_signature(bucket):
    bucket.store("7/0.png", b"pixels", "image/png")
    with pytest.raises(HTTPError, match=r"40[03]"):
        urlopen(f"{bucket.signer.base_url}7/0.png", timeout=5)


def test_djangos_own_interface_keeps_exact_names(bucket):
    for content in (b"one", b"two"):
        assert bucket.save("7/0.png", ContentFile(content)) == "7/0.png"
    assert bucket.open("7/0.png").read() == b"two"
    assert bucket.size("7/0.png") == 3


def test_a_missing_file_has_no_age(bucket):
    with pytest.raises(FileNotFoundError):
        bucket.get_modified_time("no/such.png")


def test_a_thousand_and_one_are_removed(bucket, monkeypatch):
    """More than one call may name."""
    calls = []
    monkeypatch.setattr(
        bucket.client, "delete_objects", lambda Bucket, Delete: calls.append(Delete) or {}
    )
    bucket.remove(f"{index}.png" for index in range(1001))
    assert [len(call["Objects"]) for call in calls] == [1000, 1]


def test_uploads_that_were_never_finished_go_and_fresh_ones_stay(bucket):
    assert bucket.remove_partials(older_than_seconds=60) == 0

    named = {"Bucket": bucket.bucket_name, "Key": "7/0.mp4"}
    begun = bucket.client.create_multipart_upload(**named)["UploadId"]
    bucket.client.upload_part(**named, UploadId=begun, PartNumber=1, Body=b"half")

    assert bucket.remove_partials(older_than_seconds=60) == 0
    assert bucket.remove_partials(older_than_seconds=-60) == 1
    assert bucket.remove_partials(older_than_seconds=-60) == 0
    assert list(bucket.each_key()) == []


def test_a_key_that_stays_is_told(bucket, monkeypatch):
    answer = {"Errors": [{"Key": "a.png", "Message": "Access Denied"}]}
    monkeypatch.setattr(bucket.client, "delete_objects", lambda **_: answer)
    with pytest.raises(BucketError, match=r"a\.png was not deleted: Access Denied"):
        bucket.remove(["a.png"])


def test_a_wrong_key_is_told_with_the_remedy(s3_server):
    bucket = S3Bucket(**s3_options(s3_server, "pictures") | {"secret_key": "wrong"})
    with pytest.raises(BucketError, match="Check S3_ENDPOINT_URL"):
        bucket.store("7/0.png", b"pixels", "image/png")


@pytest.mark.parametrize(
    "ask",
    [
        lambda bucket: bucket.store("a.png", b"x", "image/png"),
        lambda bucket: bucket.exists("a.png"),
        lambda bucket: bucket.open_file("a.png"),
        lambda bucket: list(bucket.each_key()),
        lambda bucket: bucket.copy_from(bucket, "a.png", "b.png"),
        lambda bucket: bucket.remove(["a.png"]),
    ],
)
def test_a_server_that_is_away_is_told_in_time(s3_server, ask):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        away = f"http://127.0.0.1:{taken.getsockname()[1]}"
        bucket = S3Bucket(**s3_options(s3_server, "pictures") | {"endpoint_url": away})
        started = time.monotonic()
        with pytest.raises(BucketError, match="Could not connect"):
            ask(bucket)
    assert time.monotonic() - started < 10


def test_a_studio_of_folders_starts_without_boto(tmp_path):
    code = "import django, sys; django.setup(); import ourvidz.urls; print('boto3' in sys.modules)"
    environment = {"DJANGO_SETTINGS_MODULE": "ourvidz.settings", "OURVIDZ_VAR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment | {"STORAGE": "files"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"

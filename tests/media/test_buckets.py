"""The buckets behave the same as folders and on a real S3 server."""

import pytest

from ourvidz.media import buckets
from ourvidz.media.bucket_errors import BucketError

STAGING, LIBRARY = "workspace-temp", "user-library"


@pytest.fixture(params=["folder_buckets", "s3_buckets"])
def any_buckets(request):
    request.getfixturevalue(request.param)
    buckets.ensure_buckets()


pytestmark = pytest.mark.usefixtures("any_buckets")


def read(bucket, key) -> bytes:
    with buckets.open_file(bucket, key) as file:
        return file.read()


def test_bytes_come_back_under_exactly_their_key():
    buckets.store(STAGING, "7/job/0.png", b"pixels", "image/png")
    assert read(STAGING, "7/job/0.png") == b"pixels"
    assert buckets.size(STAGING, "7/job/0.png") == 6
    assert list(buckets.each_key(STAGING)) == ["7/job/0.png"]


def test_a_file_is_stored_from_its_path(tmp_path):
    source = tmp_path / "clip.mp4"
    source.write_bytes(bytes(range(256)) * 40_000)  # 10 MB: in parts on S3
    buckets.store(STAGING, "7/job/0.mp4", source, "video/mp4")
    assert read(STAGING, "7/job/0.mp4") == source.read_bytes()


def test_storing_again_replaces():
    buckets.store(STAGING, "a.png", b"old and longer", "image/png")
    buckets.store(STAGING, "a.png", b"new", "image/png")
    assert read(STAGING, "a.png") == b"new"
    assert list(buckets.each_key(STAGING)) == ["a.png"]


def test_a_copy_outlives_its_source_and_can_be_repeated():
    buckets.store(STAGING, "7/job/0.png", b"pixels", "image/png")
    for _ in range(2):
        buckets.copy(STAGING, "7/job/0.png", LIBRARY, "7/asset.png")
    buckets.remove(STAGING, ["7/job/0.png"])
    assert read(LIBRARY, "7/asset.png") == b"pixels"
    assert list(buckets.each_key(LIBRARY)) == ["7/asset.png"]


def test_replacing_the_source_leaves_the_copy():
    buckets.store(STAGING, "a.png", b"first", "image/png")
    buckets.copy(STAGING, "a.png", LIBRARY, "a.png")
    buckets.store(STAGING, "a.png", b"second", "image/png")
    assert read(LIBRARY, "a.png") == b"first"


def test_a_missing_source_is_not_copied():
    with pytest.raises(FileNotFoundError):
        buckets.copy(STAGING, "no/such.png", LIBRARY, "7/asset.png")
    assert list(buckets.each_key(LIBRARY)) == []


@pytest.mark.parametrize("ask", [buckets.open_file, buckets.size])
def test_what_is_missing_is_said_to_be(ask):
    with pytest.raises(FileNotFoundError):
        ask(STAGING, "no/such.png")
    assert not buckets.exists(STAGING, "no/such.png")


def test_removing_is_safe_to_repeat():
    keys = [f"7/job/{index}.png" for index in range(3)]
    for key in keys:
        buckets.store(STAGING, key, b"x", "image/png")
    buckets.remove(STAGING, [*keys[:2], "never/was.png"])
    buckets.remove(STAGING, keys[:2])
    buckets.remove(STAGING, [])
    assert list(buckets.each_key(STAGING)) == [keys[2]]


def test_a_local_copy_is_a_file_with_the_right_ending():
    buckets.store(STAGING, "7/a.png", b"pixels", "image/png")
    with buckets.local_copy(STAGING, "7/a.png") as path:
        assert path.read_bytes() == b"pixels"
        assert path.suffix == ".png"
    assert buckets.exists(STAGING, "7/a.png")


def test_a_local_copy_of_nothing_fails():
    with pytest.raises(FileNotFoundError), buckets.local_copy(STAGING, "no/such.png"):
        pass


def test_a_check_leaves_nothing_behind():
    buckets.check_bucket(STAGING)
    assert list(buckets.each_key(STAGING)) == []


def test_more_keys_than_one_answer_holds_are_all_listed():
    keys = {f"{index % 7}/{index}.txt" for index in range(60)}
    for key in keys:
        buckets.store(STAGING, key, b"", "text/plain")
    assert set(buckets.each_key(STAGING)) == keys


def test_a_bucket_that_cannot_be_reached_says_what_to_check(settings, folder_buckets):
    blocked = folder_buckets / "file-in-the-way"
    folder_buckets.mkdir(exist_ok=True)
    blocked.write_text("")
    settings.STORAGES = settings.STORAGES | {
        STAGING: {
            "BACKEND": "ourvidz.media.storages.FileBucket",
            "OPTIONS": {"location": blocked},
        }
    }
    with pytest.raises(BucketError, match=r"workspace-temp does not work.*Let the user"):
        buckets.check_bucket(STAGING)

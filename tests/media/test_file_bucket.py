"""A folder bucket shows whole files or none (R2)."""

import errno
import os
import stat
import threading
import time

import pytest
from django.core.files.base import ContentFile

from ourvidz.media.storages import FileBucket


@pytest.fixture
def bucket(tmp_path) -> FileBucket:
    return FileBucket(tmp_path / "bucket")


def files_in(bucket) -> list[str]:
    return [name for _, _, names in os.walk(bucket.location) for name in names]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_nothing(bucket, monkeypatch, call):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OSError, match="No space left"):
        bucket.store("7/job/0.png", b"pixels", "image/png")
    assert files_in(bucket) == []
    assert os.listdir(bucket.location) == []


def test_a_failed_replacement_keeps_what_was_there(bucket, monkeypatch, tmp_path):
    bucket.store("7/0.png", b"old", "image/png")
    with pytest.raises(FileNotFoundError):
        bucket.store("7/0.png", tmp_path / "no-such-file", "image/png")
    assert bucket.open_file("7/0.png").read() == b"old"
    assert files_in(bucket) == ["0.png"]


def test_a_file_is_on_disk_before_it_has_its_name(bucket, monkeypatch):
    order = []
    for call in ("fsync", "replace"):
        real = getattr(os, call)
        monkeypatch.setattr(os, call, lambda *a, r=real, c=call: (order.append(c), r(*a))[1])
    bucket.store("0.png", b"pixels", "image/png")
    assert order == ["fsync", "replace", "fsync"]  # the file, its name, its folder


def test_a_half_written_file_is_not_listed_and_is_cleaned_up(bucket):
    bucket.store("7/0.png", b"pixels", "image/png")
    partial = bucket._partial("7/1.png")
    partial.write_bytes(b"pix")
    assert list(bucket.each_key()) == ["7/0.png"]
    assert bucket.remove_partials(older_than_seconds=60) == 0
    os.utime(partial, (time.time() - 120,) * 2)
    assert bucket.remove_partials(older_than_seconds=60) == 1
    assert files_in(bucket) == ["0.png"]


def test_deleting_the_last_file_removes_its_folders_but_not_the_bucket(bucket):
    bucket.store("7/job/0.png", b"pixels", "image/png")
    bucket.store("7/other.png", b"pixels", "image/png")
    bucket.delete("7/job/0.png")
    assert os.listdir(bucket.path("7")) == ["other.png"]
    bucket.delete("7/other.png")
    assert os.listdir(bucket.location) == []


def test_nobody_else_may_read(bucket):
    bucket.store("7/0.png", b"pixels", "image/png")
    for path in (bucket.location, bucket.path("7"), bucket.path("7/0.png")):
        assert not stat.S_IMODE(os.stat(path).st_mode) & 0o007


def test_a_copy_on_one_disk_takes_no_room(bucket, tmp_path):
    bucket.store("7/0.png", b"pixels", "image/png")
    library = FileBucket(tmp_path / "library")
    library.copy_from(bucket, "7/0.png", "7/kept.png")
    assert os.path.samefile(bucket.path("7/0.png"), library.path("7/kept.png"))


def test_a_copy_without_hard_links_is_made_whole(bucket, tmp_path, monkeypatch):
    def other_disk(*_):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    bucket.store("7/0.png", b"pixels", "image/png")
    monkeypatch.setattr(os, "link", other_disk)
    library = FileBucket(tmp_path / "library")
    library.copy_from(bucket, "7/0.png", "7/kept.png")
    assert library.open_file("7/kept.png").read() == b"pixels"
    assert files_in(library) == ["kept.png"]


def test_djangos_own_interface_keeps_exact_names(bucket):
    for content in (b"one", b"two"):
        assert bucket.save("7/0.png", ContentFile(content)) == "7/0.png"
    assert bucket.open("7/0.png").read() == b"two"
    assert files_in(bucket) == ["0.png"]


def test_writing_beside_deleting_never_fails(bucket):
    """Deleting prunes the folder that the other thread is about to write into."""
    failures = []

    def write_and_delete(name):
        try:
            for _ in range(150):
                bucket.store(f"7/job/{name}", b"x", "text/plain")
                bucket.delete(f"7/job/{name}")
        except OSError as error:
            failures.append(error)

    threads = [threading.Thread(target=write_and_delete, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []

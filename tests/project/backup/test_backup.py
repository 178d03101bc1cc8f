"""`manage.py backup` makes a folder that lacks nothing of one moment, whatever goes meanwhile."""

import errno
import fcntl
import hashlib
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from library.models import LibraryAsset
from ourvidz.media import buckets
from ourvidz.media.storages import FileBucket
from ourvidz.operations.backup import postgresql
from tests.project.backup.stock import LIBRARY, kept, listed

pytestmark = pytest.mark.django_db(transaction=True)


def paths(*assets: LibraryAsset) -> set[str]:
    return {f"media/{LIBRARY}/{key}" for asset in assets for key in asset.keys}


def names(folder: Path) -> set[str]:
    """What lies at the top, without the moment in a name."""
    return {path.name.partition("-")[0] for path in folder.iterdir()}


WHOLE = {"backup.json", "database", "files", "lock", "media", "secrets", "sums.sqlite3"}


def test_the_folder_has_what_the_rows_name(asset, folder, capsys):
    call_command("backup", folder)
    assert names(folder) == WHOLE
    assert listed(folder).keys() == paths(asset)
    for path, sha256 in listed(folder).items():
        assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == sha256
    assert (folder / "secrets" / "secret-key").read_text() == "a secret that nobody knows"
    assert folder.stat().st_mode & 0o077 == 0
    assert "Backed up the database and 2 files" in capsys.readouterr().out


def test_parts_of_uploads_come_too(asset, folder):
    buckets.store("uploads", "1/part", b"half of it", "application/octet-stream")
    call_command("backup", folder)
    assert (folder / "media/uploads/1/part").read_bytes() == b"half of it"
    assert listed(folder).keys() == paths(asset) | {"media/uploads/1/part"}


def test_from_s3_too(request, creator, folder):
    request.getfixturevalue("s3_buckets")
    buckets.ensure_buckets()
    asset = kept(creator)
    call_command("backup", folder)
    assert listed(folder).keys() == paths(asset)
    assert hashlib.sha256((folder / "media" / LIBRARY / asset.key).read_bytes()).hexdigest() == (
        asset.sha256
    )


def test_only_what_is_new_is_copied_and_nothing_is_removed(asset, creator, folder, capsys):
    call_command("backup", folder)
    before = {path: path.stat().st_mtime_ns for path in (folder / "media").rglob("*.*")}
    newer = kept(creator)
    buckets.remove(LIBRARY, asset.keys)
    LibraryAsset.objects.filter(pk=asset.pk).delete()

    call_command("backup", folder)
    assert "2 of them new" in capsys.readouterr().out
    assert listed(folder).keys() == paths(newer)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert names(folder) == WHOLE
    assert len(list(folder.glob("database-*"))) == 1


def test_a_file_that_was_cut_off_in_the_folder_is_copied_again(asset, folder):
    call_command("backup", folder)
    copy = folder / "media" / LIBRARY / asset.key
    copy.write_bytes(copy.read_bytes()[:10])
    call_command("backup", folder)
    assert hashlib.sha256(copy.read_bytes()).hexdigest() == asset.sha256


@pytest.fixture
def purging(creator, monkeypatch) -> None:
    """Another asset goes, row and files, once the first file is being copied."""
    purged, truly = kept(creator), buckets.local_copy

    @contextmanager
    def local_copy(bucket, key):
        if LibraryAsset.objects.filter(pk=purged.pk).delete()[0]:
            buckets.remove(LIBRARY, purged.keys)
        connection.close()  # of the thread that copies, which would keep the database in use
        with truly(bucket, key) as path:
            yield path

    monkeypatch.setattr(buckets, "local_copy", local_copy)
    monkeypatch.setattr("ourvidz.operations.backup.copying.AT_ONCE", 1)


def test_an_asset_that_is_purged_meanwhile_is_not_in_the_list(asset, purging, folder, capsys):
    call_command("backup", folder)
    assert listed(folder).keys() == paths(asset)
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the copy is looked into")
def test_nor_in_the_database(asset, purging, folder):
    call_command("backup", folder)
    [copy] = folder.glob("database-*")
    with closing(sqlite3.connect(copy)) as database:
        rows = database.execute("SELECT key FROM library_libraryasset").fetchall()
    assert rows == [(asset.key,)]


def test_a_file_that_the_studio_has_lost_is_named(asset, creator, folder, capsys):
    lost = kept(creator)
    buckets.remove(LIBRARY, [lost.key])
    call_command("backup", folder)
    assert f"missing in the studio itself: {LIBRARY}/{lost.key}" in capsys.readouterr().err
    assert listed(folder).keys() == paths(asset, lost) - {f"media/{LIBRARY}/{lost.key}"}


def test_so_is_one_that_was_swapped(asset, folder, capsys):
    buckets.store(LIBRARY, asset.key, b"x" * asset.bytes, "image/png")
    call_command("backup", folder)
    assert f"damaged in the studio itself: {LIBRARY}/{asset.key}" in capsys.readouterr().err
    assert listed(folder).keys() == paths(asset)


def test_a_full_disk_leaves_the_backup_before_it(asset, creator, folder, monkeypatch, capsys):
    call_command("backup", folder)
    before = (folder / "backup.json").read_text()
    newer = kept(creator)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(FileBucket, "store", full)
        with pytest.raises(CommandError, match=r"No space left on device.*goes on where"):
            call_command("backup", folder)
    assert (folder / "backup.json").read_text() == before
    assert listed(folder).keys() == paths(asset)
    assert names(folder) == WHOLE

    call_command("backup", folder)
    assert listed(folder).keys() == paths(asset, newer)


def test_sums_that_cannot_be_read_are_taken_again(asset, folder):
    call_command("backup", folder)
    (folder / "sums.sqlite3").write_bytes(b"of a disk that lost power" * 100)
    call_command("backup", folder)
    assert listed(folder).keys() == paths(asset)


def test_a_file_is_not_a_folder(tmp_path, db):
    (tmp_path / "taken").write_text("")
    with pytest.raises(CommandError, match="is not a folder"):
        call_command("backup", tmp_path / "taken")


def test_two_at_once_into_one_folder(asset, folder):
    call_command("backup", folder)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="Another backup"):
            call_command("backup", folder)


def test_a_dry_run_writes_nothing(asset, folder, capsys):
    call_command("backup", folder, "--dry-run")
    assert "2 files, 2 of them new" in capsys.readouterr().out
    assert not folder.exists()


def test_without_the_programs_of_postgresql(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(postgresql.BackupError, match="postgresql-client"):
        postgresql._find("pg_dump")

"""`manage.py restore` refuses what would lose something, and puts back what can be."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from library.models import LibraryAsset
from ourvidz.media import buckets
from ourvidz.operations.backup import restoring, sqlite
from ourvidz.operations.backup.folder import BackupFolder
from tests.project.backup.stock import LIBRARY, kept, listed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_redis(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"


@pytest.fixture
def backed_up(asset, folder):
    call_command("backup", folder)
    return folder


def amend(folder, **columns) -> None:
    path = folder / "backup.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **columns}))


def cut_database(folder) -> None:
    [path] = folder.glob("database-*")
    path.write_bytes(path.read_bytes()[:-100])


def put_back(folder):
    kept = BackupFolder(folder)
    manifest = restoring.checked_manifest(kept)
    return restoring.put_files_back(kept, manifest, lambda *_: None, dry=False)


BROKEN = {
    "no backup": (lambda folder: (folder / "backup.json").unlink(), "no whole backup"),
    "half a manifest": (lambda folder: (folder / "backup.json").write_text("{"), "cannot be read"),
    "another manifest": (lambda folder: amend(folder, more=1), "cannot be read"),
    "a later form": (lambda folder: amend(folder, format=2, version="9.0"), "OurVidz 9.0"),
    "a newer version": (
        lambda folder: amend(folder, migrations=["library.9999_later"], version="9.0"),
        "newer version, OurVidz 9.0 .*library.9999_later",
    ),
    "another database": (lambda folder: amend(folder, vendor="oracle"), "Set DATABASE_URL"),
    "a dump that was cut off": (cut_database, "missing or damaged.*another backup"),
    "no list": (lambda folder: next(folder.glob("files-*")).unlink(), "missing or damaged"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_backup_that_is_not_whole_is_refused(case, backed_up, asset):
    spoil, message = BROKEN[case]
    spoil(backed_up)
    buckets.remove(LIBRARY, asset.keys)
    with pytest.raises(CommandError, match=message):
        call_command("restore", backed_up, "--replace")
    assert LibraryAsset.objects.get() == asset
    assert not buckets.exists(LIBRARY, asset.key)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="no whole backup"):
        call_command("restore", tmp_path / "nothing")


def test_a_studio_with_accounts_is_not_replaced_unawares(backed_up):
    with pytest.raises(CommandError, match="add --replace"):
        call_command("restore", backed_up)


def test_nor_one_that_is_running(backed_up, monkeypatch):
    monkeypatch.setattr("redis.Redis.exists", lambda *_: 1)
    with pytest.raises(CommandError, match="Stop every process"):
        call_command("restore", backed_up, "--replace")


def test_files_come_back_and_what_is_there_stays(backed_up, asset, creator):
    later = kept(creator)
    buckets.remove(LIBRARY, [asset.key])
    done = put_back(backed_up)
    assert (done.number, done.new, done.lost) == (2, 1, [])
    with buckets.open_file(LIBRARY, asset.key) as file:
        assert len(file.read()) == asset.bytes
    assert buckets.exists(LIBRARY, later.key)
    assert put_back(backed_up).new == 0


def test_a_file_that_was_swapped_is_put_right(backed_up, asset):
    buckets.store(LIBRARY, asset.key, b"x" * asset.bytes, "image/png")
    assert put_back(backed_up).new == 1
    with buckets.open_file(LIBRARY, asset.key) as file:
        assert file.read(4) == b"\x89PNG"


def test_what_is_damaged_in_the_backup_is_left_out_and_named(backed_up, asset):
    copy = backed_up / "media" / LIBRARY / asset.key
    copy.write_bytes(b"x" * asset.bytes)
    (backed_up / "media" / LIBRARY / asset.thumbnail_key).unlink()
    buckets.remove(LIBRARY, asset.keys)
    done = put_back(backed_up)
    assert set(done.lost) == {
        f"damaged: media/{LIBRARY}/{asset.key}",
        f"missing: media/{LIBRARY}/{asset.thumbnail_key}",
    }
    assert not buckets.exists(LIBRARY, asset.key)


def test_a_dry_run_checks_and_changes_nothing(backed_up, asset, capsys):
    buckets.remove(LIBRARY, asset.keys)
    call_command("restore", backed_up, "--dry-run")
    assert "2 files, 2 of them new" in capsys.readouterr().out
    assert not buckets.exists(LIBRARY, asset.key)
    (backed_up / "media" / LIBRARY / asset.key).unlink()
    with pytest.raises(CommandError, match="1 files are not as they were"):
        call_command("restore", backed_up, "--dry-run")


def test_a_studio_of_files_may_move_to_s3(backed_up, asset, request):
    request.getfixturevalue("s3_buckets")
    buckets.ensure_buckets()
    assert put_back(backed_up).new == 2
    assert put_back(backed_up).new == 0
    assert buckets.size(LIBRARY, asset.key) == asset.bytes
    assert len(listed(backed_up)) == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="tests/live has PostgreSQL")
def test_rows_come_back_at_once(backed_up, asset, creator):
    LibraryAsset.objects.update(rating=5)
    kept(creator)
    backup = BackupFolder(backed_up)
    sqlite.put_back(backup.path / backup.manifest().database)
    found = LibraryAsset.objects.values_list("pk", "rating")
    assert list(found) == [(asset.pk, asset.rating)]

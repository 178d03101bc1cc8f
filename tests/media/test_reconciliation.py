"""Every disagreement between rows and files is found; what can be mended is."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from library.models import LibraryAsset
from ourvidz.media import buckets, reconciliation
from ourvidz.media.probe import probe
from tests.factories import make_job, make_workspace_asset, picture_bytes
from workspace.models import WorkspaceAsset

pytestmark = pytest.mark.django_db
STAGING = "workspace-temp"


@pytest.fixture(autouse=True)
def _settled(monkeypatch):
    """As if every file were older than an hour."""
    monkeypatch.setattr(reconciliation, "SETTLED", -timedelta(seconds=5))


@pytest.fixture
def asset(creator) -> WorkspaceAsset:
    """A staged asset whose row is true to its file."""
    asset = make_workspace_asset(make_job(creator, status="completed"), 0, stored=True)
    with buckets.local_copy(STAGING, asset.key) as path:
        columns = probe(path).columns()
    WorkspaceAsset.objects.update(**columns)
    return WorkspaceAsset.objects.get()


def found(**options) -> list[tuple[str, str]]:
    return [(finding.problem, finding.key) for finding in reconciliation.findings(**options)]


def put(asset, content: bytes) -> None:
    buckets.store(STAGING, asset.key, content, "image/png")


def test_agreement(asset):
    assert found() == []


def test_an_orphan(asset):
    buckets.store(STAGING, "1/stray/0.png", b"x", "image/png")
    assert found() == [("orphan", "1/stray/0.png")]


@pytest.mark.parametrize("key", ["stray.png", "9" * 40 + "/0.png", "٣/0.png", "a b/0.png"])
def test_an_orphan_with_a_name_that_nobody_gives(db, key, capsys):
    path = Path(buckets.bucket_named("user-library").path(key))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    call_command("reconcile_storage", "--mend")
    assert f"orphan: user-library/{key}" in capsys.readouterr().out


def test_a_fresh_file_may_have_its_row_yet_to_come(asset, monkeypatch):
    monkeypatch.setattr(reconciliation, "SETTLED", timedelta(hours=1))
    buckets.store(STAGING, "1/stray/0.png", b"x", "image/png")
    assert found() == []


def test_so_may_a_fresh_copy_of_an_old_file(asset, monkeypatch):
    monkeypatch.setattr(reconciliation, "SETTLED", timedelta(hours=1))
    with buckets.local_copy(STAGING, asset.key) as path:
        os.utime(path, (time.time() - 9999,) * 2)
    buckets.copy(STAGING, asset.key, "user-library", f"{asset.owner_id}/copy.png")
    assert found() == []


def test_a_missing_original(asset):
    buckets.remove(STAGING, [asset.key])
    assert found() == [("missing", asset.key)]


def test_a_truncated_one(asset):
    put(asset, picture_bytes()[:20])
    assert found() == [("truncated", asset.key)]


def test_a_swapped_one_of_the_same_size(asset):
    content = bytearray(buckets.open_file(STAGING, asset.key).read())
    content[-20] ^= 1
    put(asset, bytes(content))
    assert found() == [("swapped", asset.key)]
    assert found(sizes_only=True) == []


def test_a_missing_thumbnail(asset):
    buckets.remove(STAGING, [asset.thumbnail_key])
    assert found() == [("missing", asset.thumbnail_key)]


class TestMending:
    def test_orphans_are_removed(self, asset):
        buckets.store(STAGING, "1/stray/0.png", b"x", "image/png")
        call_command("reconcile_storage", "--mend")
        assert not buckets.exists(STAGING, "1/stray/0.png")
        assert found() == []

    def test_thumbnails_are_made_anew(self, asset):
        buckets.remove(STAGING, [asset.thumbnail_key])
        call_command("reconcile_storage", "--mend")
        assert found() == []

    def test_an_original_comes_back_from_its_saved_copy(self, asset):
        key = f"{asset.owner_id}/saved.png"
        buckets.copy(STAGING, asset.key, "user-library", key)
        media = {name: getattr(asset, name) for name in WorkspaceAsset.MEDIA_FIELDS}
        media |= {"key": key, "thumbnail_key": "", "poster_key": ""}
        LibraryAsset.objects.create(owner=asset.owner, **media)
        buckets.remove(STAGING, [asset.key])
        call_command("reconcile_storage", "--mend")
        assert found() == []

    def test_a_row_whose_file_is_nowhere_stays_and_is_named(self, asset, capsys):
        buckets.remove(STAGING, [asset.key])
        call_command("reconcile_storage", "--mend")
        assert WorkspaceAsset.objects.exists()
        out = capsys.readouterr().out
        assert f"missing: {STAGING}/{asset.key}" in out
        assert out.endswith("Found 1 missing; mended 0.\n")

    def test_without_mend_or_in_a_dry_run_nothing_changes(self, asset, capsys):
        buckets.store(STAGING, "1/stray/0.png", b"x", "image/png")
        call_command("reconcile_storage")
        call_command("reconcile_storage", "--mend", "--dry-run")
        assert buckets.exists(STAGING, "1/stray/0.png")
        assert capsys.readouterr().out.count("Found 1 orphan; mended 0.") == 2

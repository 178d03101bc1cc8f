"""An archive comes in whole or not at all, and the same library is there again."""

import io
import json
import zipfile

import pytest
from django.urls import reverse
from ourvidz.collections.models import Collection

from library import trash
from library.background import Run, work_off
from library.models import LibraryAsset, Tag
from library.transfer.importing import import_archive
from library.transfer.models import BUCKET, Import
from ourvidz.collections import membership
from ourvidz.media import buckets
from tests.factories import picture_bytes
from tests.library.transfer.making import (
    archive_of,
    imported,
    keep,
    library,
    manifest_in,
    uploaded,
)

pytestmark = pytest.mark.django_db


def test_what_strangers_could_see_has_a_page_again(client, creator, stranger, nothing_lost):
    library(creator)
    assert imported(stranger, archive_of(creator)).status == Run.Status.COMPLETED

    assets = LibraryAsset.objects.owned_by(stranger)
    shown = assets.exclude(visibility="private")
    assert shown.exists()
    assert set(shown) == set(assets.exclude(public_page=None))
    for asset in shown:
        address = reverse("public:page", args=[asset.public_page.token])
        assert client.get(address).status_code == 200


def test_the_round_trip_is_equal(creator, stranger, nothing_lost):
    library(creator)
    content = archive_of(creator)

    run = imported(stranger, content)

    assert (run.status, run.error) == (Run.Status.COMPLETED, "")
    assert (run.made, run.known, run.collections_made, run.missing) == (4, 0, 2, 0)
    again = archive_of(stranger)
    assert manifest_in(again) == manifest_in(content)
    first, second = (zipfile.ZipFile(io.BytesIO(one)) for one in (content, again))
    assert first.namelist() == second.namelist()
    media = [name for name in first.namelist() if name != "manifest.json"]
    assert all(first.read(name) == second.read(name) for name in media)


def test_what_came_in_is_found_and_says_where_from(creator, stranger):
    library(creator)
    imported(stranger, archive_of(creator))

    rows = LibraryAsset.objects.owned_by(stranger).kept()
    assert rows.matching("source:import tag:sea steps:25", stranger).count() == 2
    assert rows.matching('in:"inner"', stranger).count() == 3
    assert not rows.exclude(job_id=None, source_asset_id=None).exists()
    assert set(Tag.objects.filter(owner=stranger).values_list("name", flat=True)) == {
        "Sea",
        "dawn",
    }


def test_twice_is_once(creator, stranger, nothing_lost):
    library(creator)
    content = archive_of(creator)
    imported(stranger, content)
    before = manifest_in(archive_of(stranger))

    run = imported(stranger, content)

    assert (run.made, run.known, run.collections_made) == (0, 4, 0)
    assert manifest_in(archive_of(stranger)) == before


def test_into_the_library_that_it_came_from(creator, nothing_lost):
    made = library(creator)
    content = archive_of(creator)
    trash.move_to_trash(LibraryAsset.objects.filter(pk=made["boat"].pk))

    run = imported(creator, content)

    assert (run.made, run.known, run.restored) == (0, 4, 1)
    assert manifest_in(archive_of(creator)) == manifest_in(content)


def test_collections_of_one_name_stay_apart(creator, stranger):
    boat = keep(creator, picture_bytes(), title="boat")
    for assets in ([boat.pk], []):
        shelf = Collection.objects.create(owner=creator, name="Twin")
        membership.add(shelf, assets)
    content = archive_of(creator)

    for made in (2, 0):
        assert imported(stranger, content).collections_made == made
    assert manifest_in(archive_of(stranger)) == manifest_in(content)


def test_a_full_library_takes_nothing_of_it(creator, stranger, settings, nothing_lost):
    library(creator)
    content = archive_of(creator)
    uploaded(stranger, content, "library.zip", "archive")
    settings.LIBRARY_QUOTA_BYTES = 100
    work_off(Import, import_archive)

    assert "Your library is full" in Import.objects.get().error
    assert not LibraryAsset.objects.owned_by(stranger).exists()


def test_cancelled_while_it_stores_nothing_stays(creator, stranger, monkeypatch, nothing_lost):
    library(creator)
    uploaded(stranger, archive_of(creator), "library.zip", "archive")
    advance = Import.advance

    def cancel_at_seven(run, **columns):
        if columns.get("done") == 7:
            Import.objects.get(pk=run.pk).request_cancel()
        advance(run, **columns)

    monkeypatch.setattr(Import, "advance", cancel_at_seven)
    work_off(Import, import_archive)

    assert Import.objects.get().status == Run.Status.CANCELLED
    assert not LibraryAsset.objects.owned_by(stranger).exists()
    assert list(buckets.each_key(BUCKET)) == []


def test_nothing_is_stored_for_so_long_that_it_passes_for_lost(
    archive, stranger, monkeypatch, nothing_lost
):
    monkeypatch.setattr("library.transfer.importing.LONGEST_STORING", -1)

    assert "Export it in parts" in imported(stranger, archive).error
    assert not LibraryAsset.objects.owned_by(stranger).exists()


def test_a_process_that_dies_is_followed_by_another(creator, stranger, monkeypatch, nothing_lost):
    library(creator)
    uploaded(stranger, archive_of(creator), "library.zip", "archive")

    def die(*arguments):
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr("library.transfer.importing.plant", die)
        work_off(Import, import_archive)
    assert not LibraryAsset.objects.owned_by(stranger).exists()
    Import.objects.update(lease_expires_at=None)

    work_off(Import, import_archive)

    assert Import.objects.get().made == 4


def test_what_fails_three_times_is_given_up_with_a_reason(archive, stranger, monkeypatch):
    uploaded(stranger, archive, "library.zip", "archive")

    def die(*arguments):
        raise MemoryError

    monkeypatch.setattr("library.transfer.importing.archive.opened", die)
    for _ in range(5):
        work_off(Import, import_archive)
        Import.objects.unfinished().update(lease_expires_at=None)

    run = Import.objects.get()
    assert (run.status, run.attempts) == (Run.Status.FAILED, 4)
    assert "three times" in run.error


def test_the_manifest_is_plain_json(archive):
    content = zipfile.ZipFile(io.BytesIO(archive)).read("manifest.json")
    assert json.loads(content)["assets"][0]["title"] == "boat"

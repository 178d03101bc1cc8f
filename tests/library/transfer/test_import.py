"""An archive comes in whole or not at all, and the same library is there again."""

import io
import json
import struct
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse
from ourvidz.collections.models import Collection

from library import trash
from library.background import Run, work_off
from library.models import LibraryAsset, Tag
from library.transfer.importing import import_archive
from library.transfer.models import BUCKET, Import
from ourvidz.collections import membership
from ourvidz.media import buckets, reconciliation
from tests.factories import picture_bytes
from tests.library.transfer.making import (
    archive_of,
    clip_bytes,
    imported,
    keep,
    library,
    manifest_in,
    rebuilt,
    uploaded,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def nothing_lost(monkeypatch):
    """Rows and files agree, however young they are."""
    monkeypatch.setattr(reconciliation, "SETTLED", timedelta(days=-1))
    yield
    assert list(reconciliation.findings()) == []


@pytest.fixture
def archive(creator) -> bytes:
    """One picture and its collection."""
    asset = keep(creator, picture_bytes(), title="boat")
    shelf = Collection.objects.create(owner=creator, name="Boats")
    membership.add(shelf, [asset.pk])
    return archive_of(creator)


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


def _double(told):
    told["assets"].append(told["assets"][0])


def _other_hash(told):
    told["assets"][0]["sha256"] = "0" * 64


def _newer(told):
    told["version"] = 2


def _foreign_format(told):
    told["format"] = "holiday"


def _path(path):
    def change(told):
        told["assets"][0]["file"] = path

    return change


def _with(name, value):
    def change(told):
        told["assets"][0][name] = value

    return change


def _collection_at(moment):
    def change(told):
        told["collections"][0]["created_at"] = moment

    return change


def _circle(told):
    told["collections"][0]["parent"] = told["collections"][0]["number"]


def _stranger_in_collection(told):
    told["collections"][0]["assets"] = ["00000000-0000-4000-8000-000000000000"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_double, "manifest.json: Two assets have one id."),
        (_other_hash, "is not the file that the manifest names"),
        (_newer, "made by a newer studio (version 2"),
        (_foreign_format, "is not that of a library"),
        (_path("../../secret.png"), "assets.0.file"),
        (_path("media/other.png"), "is named by the manifest, but not in the archive"),
        (_with("rating", 6), "manifest.json.assets.0.rating: Choose one of 0, 1, 2, 3, 4, 5."),
        (_with("bytes", 12), "bytes, which it should not"),
        (_with("title", "x" * 201), "assets.0.title: Shorten it to at most 200 characters."),
        (_with("title", "a\0b"), "NUL"),
        (_with("mime_type", "image/jpeg"), "is image/png, not the image/jpeg"),
        (_with("created_at", "2026-01-01T00:00:00"), "time zone"),
        (_with("created_at", "0001-01-01T00:00:00+14:00"), "assets.0.created_at: A time lies in"),
        (_with("made_at", "9999-12-31T23:59:59+00:00"), "assets.0.made_at: A time lies in"),
        (_collection_at("9999-12-31T23:59:59-12:00"), "collections.0.created_at: A time lies in"),
        (_with("tags", ["a", "A"]), "tags"),
        (_with("seed", 2**64), "assets.0.seed: It is a whole number from 0 to"),
        (_with("settings", {"steps": "x" * 70_000}), "settings"),
        (_with("owner", 1), "assets.0.owner: There is no such"),
        (_circle, "is not in its place"),
        (_stranger_in_collection, "names assets that are none"),
    ],
)
def test_a_wrong_manifest_changes_nothing(archive, stranger, change, words, nothing_lost):
    run = imported(stranger, rebuilt(archive, change))

    assert run.status == Run.Status.FAILED
    assert words in run.error
    assert not LibraryAsset.objects.owned_by(stranger).exists()
    assert not stranger.collections.exists()
    assert list(buckets.each_key(BUCKET)) == []


def zipped(*entries: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return target.getvalue()


def with_more(archive: bytes, *entries: tuple[str, bytes]) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(archive))
    return zipped(*((name, source.read(name)) for name in source.namelist()), *entries)


def linked(archive: bytes) -> bytes:
    link = zipfile.ZipInfo("media/link.png")
    link.external_attr = 0o120777 << 16
    return with_more(archive, (link, b"/etc/passwd"))


def deep(depth: int) -> bytes:
    return zipped(("manifest.json", b'{"a":' * depth + b"1" + b"}" * depth))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda archive: b"hello", "not a zip archive"),
        (lambda archive: archive[:-30], "not a zip archive"),
        (lambda archive: archive[:40] + archive[-200:], "not a whole zip"),
        (lambda archive: zipped(("media/a.png", b"x")), "has no manifest.json"),
        (lambda archive: zipped(("manifest.json", b"{")), "not valid JSON"),
        (lambda archive: deep(100_000), "not valid JSON"),
        (lambda archive: zipped(("manifest.json", b'{"format": NaN}')), "not valid JSON"),
        (lambda archive: zipped(("manifest.json", b'{"format": "\\ud800"}')), "not valid JSON"),
        (lambda archive: with_more(archive, ("../evil.png", b"x")), "no export makes"),
        (lambda archive: with_more(archive, ("/etc/cron.d/x", b"x")), "no export makes"),
        (lambda archive: with_more(archive, ("media/a\\..\\b.png", b"x")), "no export makes"),
        (lambda archive: with_more(archive, ("media/a.png", b"x")), "not named by the manifest"),
        (lambda archive: with_more(archive, ("media/00001-boat.png", b"x")), "two entries named"),
        (linked, "is a link"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_wrong_archive_changes_nothing(archive, stranger, spoil, words, nothing_lost):
    run = imported(stranger, spoil(archive))

    assert run.status == Run.Status.FAILED
    assert words in run.error
    assert not LibraryAsset.objects.owned_by(stranger).exists()


def test_a_number_that_no_database_keeps_is_refused(archive, stranger):
    manifest = zipfile.ZipFile(io.BytesIO(archive)).read("manifest.json")
    infinite = manifest.replace(b'"settings": {', b'"settings": {"guidance": 1e999', 1)
    content = rebuilt(archive, **{"manifest.json": infinite})

    assert "assets.0.settings: A number is too large." in imported(stranger, content).error


def test_words_that_look_like_a_nul_are_words(creator, stranger):
    keep(creator, picture_bytes(), title="\\u0000 is \\\\u0000")

    run = imported(stranger, archive_of(creator))

    assert (run.made, run.error) == (1, "")
    assert LibraryAsset.objects.owned_by(stranger).get().title == "\\u0000 is \\\\u0000"


def test_too_many_entries_are_refused_unread(stranger):
    content = zipped(*((f"media/{number}.png", b"") for number in range(20_100)))

    assert "more than 20,000 entries" in imported(stranger, content).error


def test_a_bomb_is_never_unpacked(archive, stranger, settings):
    settings.ARCHIVE_BYTES = 1024**2
    bomb = with_more(archive, ("media/bomb.png", bytes(140 * 1024**2)))
    assert len(bomb) < 1024**2

    assert "Unpacked, the archive is too large" in imported(stranger, bomb).error


@pytest.mark.parametrize("part", ["[],", '{"":0},', '"a",', '"\\"",'])
def test_a_manifest_of_too_many_parts_is_refused_unread(stranger, settings, part):
    """A few megabytes would make gigabytes of memory of it."""
    settings.ARCHIVE_ASSETS = 10
    bomb = zipped(("manifest.json", ('{"assets":[' + part * 3000 + "0]}").encode()))

    assert "too many parts" in imported(stranger, bomb).error


def test_commas_and_brackets_in_words_are_no_parts(creator, stranger, settings):
    settings.ARCHIVE_ASSETS = 10
    keep(creator, picture_bytes(), composed_prompt='a "boat\\", [sea], {sky}, ' * 1000)

    assert imported(stranger, archive_of(creator)).made == 1


def test_a_size_that_lies_is_found(archive, stranger):
    """The directory says fewer bytes than the entry unpacks to."""
    name = b"media/00001-boat.png"
    at = archive.rfind(name) - 46
    size = struct.unpack("<L", archive[at + 24 : at + 28])[0]
    lying = archive[: at + 24] + struct.pack("<L", size - 1) + archive[at + 28 :]

    def shorter(told):
        told["assets"][0]["bytes"] = size - 1

    run = imported(stranger, lying)
    assert run.status == Run.Status.FAILED
    assert "which it should not" in run.error


def test_media_are_judged_by_content(creator, stranger, nothing_lost):
    asset = keep(creator, clip_bytes(), title="clip")
    content = archive_of(creator)
    evil = b"\0\0\0\x20ftypisom" + bytes(asset.bytes - 12)

    def lie(told):
        import hashlib

        told["assets"][0]["sha256"] = hashlib.sha256(evil).hexdigest()

    spoilt = rebuilt(content, lie, **{manifest_in(content)["assets"][0]["file"]: evil})
    run = imported(stranger, spoilt)

    assert "damaged or cut off" in run.error
    assert not LibraryAsset.objects.owned_by(stranger).exists()


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

"""An archive or a manifest that is wrong changes nothing, and says what is wrong."""

import io
import struct
import zipfile

import pytest

from library.background import Run
from library.models import LibraryAsset
from library.transfer.models import BUCKET
from ourvidz.media import buckets
from tests.factories import picture_bytes
from tests.library.transfer.making import (
    archive_of,
    clip_bytes,
    imported,
    keep,
    manifest_in,
    rebuilt,
)

pytestmark = pytest.mark.django_db


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

"""Own files come in by tus 1.0: in parts, resumable, within limits, for their owner alone."""

import io
import threading

import pytest
from django.db import connection
from django.test import Client

from library.models import LibraryAsset
from library.transfer import uploads
from library.transfer.models import BUCKET, Upload
from ourvidz.errors import LimitError, RequestError, StateError
from ourvidz.media import buckets
from tests.factories import picture_bytes
from tests.library.transfer.making import (
    PARTS,
    URL,
    accepted,
    begin,
    clip_bytes,
    offset_of,
    send,
    uploaded,
)

pytestmark = pytest.mark.django_db
VERSION = {"Tus-Resumable": "1.0.0"}


def test_a_file_in_parts_with_a_cut_in_between(client, creator):
    content = picture_bytes()
    address = begin(client, content)["Location"]
    assert send(client, address, content[:100], 0)["Upload-Offset"] == "100"

    assert offset_of(client, address) == 100
    assert send(client, address, content[100:], 100).status_code == 204

    upload = Upload.objects.get()
    assert upload.status == Upload.Status.QUEUED
    assert (upload.name, upload.owner) == ("boat.png", creator)
    kept = io.BytesIO()
    uploads.assemble(upload, kept)
    assert kept.getvalue() == content


def test_what_the_server_speaks_is_told(client):
    reply = client.options(URL)

    assert reply.status_code == 204
    assert reply["Tus-Version"] == reply["Tus-Resumable"] == "1.0.0"
    assert reply["Tus-Extension"] == "creation,termination"


def test_a_part_at_another_place_is_refused_and_nothing_is_lost(client):
    content = picture_bytes()
    address = begin(client, content)["Location"]
    send(client, address, content[:50], 0)

    for offset in (0, 49, 51):
        assert send(client, address, content[50:60], offset).status_code == 409
    assert offset_of(client, address) == 50
    assert len(list(buckets.each_key(BUCKET))) == 1


def test_of_two_parts_for_one_place_one_counts(creator):
    upload = uploads.begin(creator, "boat.png", 20, "asset")
    other = Upload.objects.get(pk=upload.pk)
    uploads.append(upload, 0, io.BytesIO(b"first-----"), 10)

    with pytest.raises(StateError):
        uploads.append(other, 0, io.BytesIO(b"second----"), 10)

    assert list(buckets.each_key(BUCKET)) == upload.keys


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412, "Tus-Resumable: 1.0.0"),
        ({"Upload-Length": "-1"}, 422, "whole number"),
        ({"Upload-Length": "\u0663"}, 422, "whole number"),
        ({"Upload-Length": "9" * 19}, 422, "whole number"),
        ({"Upload-Length": "0"}, 422, "empty"),
        ({"Upload-Length": str(300 * 1024**2)}, 413, "at most 200.0"),
        ({"Upload-Metadata": "filename ???"}, 422, "base64"),
        ({"Upload-Metadata": "purpose Ym9tYg=="}, 422, "purpose must be one of"),
    ],
)
def test_a_creation_that_cannot_be(client, headers, status, words):
    reply = begin(client, b"x", **headers)

    assert reply.status_code == status
    assert words in reply.content.decode().replace("\\u00a0", " ")
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("part", "headers", "status"),
    [
        (b"x" * 11, {}, 413),
        (b"x", {"Upload-Offset": "zero"}, 422),
        (b"x", {"Tus-Resumable": ""}, 412),
    ],
)
def test_a_part_that_cannot_be(client, part, headers, status):
    address = begin(client, b"x" * 10)["Location"]

    assert send(client, address, part, 0, **headers).status_code == status
    assert offset_of(client, address) == 0


def test_a_part_of_another_type_is_refused(client):
    address = begin(client, b"x" * 10)["Location"]
    headers = {**VERSION, "Upload-Offset": "0"}

    reply = client.patch(address, b"x", content_type="text/plain", headers=headers)

    assert reply.status_code == 415
    assert PARTS in reply.json()["detail"]


def test_a_part_of_unknown_length_is_refused(client):
    """Taken for an empty one, it would be sent again for ever."""
    address = begin(client, b"x" * 10)["Location"]

    reply = send(client, address, b"x" * 10, 0, **{"Transfer-Encoding": "chunked"})

    assert reply.status_code == 411
    assert "Content-Length" in reply.json()["detail"]
    assert offset_of(client, address) == 0


def test_a_part_that_is_cut_off_is_not_kept(creator):
    upload = uploads.begin(creator, "boat.png", 10, "asset")

    with pytest.raises(RequestError, match="shorter"):
        uploads.append(upload, 0, io.BytesIO(b"xx"), 5)

    assert Upload.objects.get().offset == 0
    assert list(buckets.each_key(BUCKET)) == []


def test_only_so_many_may_be_open(client, settings):
    settings.OPEN_UPLOADS_PER_USER = 2
    assert [begin(client, b"x").status_code for _ in range(3)] == [201, 201, 429]


def test_a_full_library_takes_no_more(client, creator, settings):
    accepted(creator, picture_bytes())
    settings.LIBRARY_QUOTA_BYTES = LibraryAsset.objects.get().bytes + 10

    reply = begin(client, b"x" * 11)

    assert reply.status_code == 429
    assert "Your library is full" in reply.json()["detail"]
    assert begin(client, b"x" * 10).status_code == 201


def test_an_upload_takes_its_room_when_it_begins_until_it_is_discarded(
    client, creator, stranger, settings
):
    settings.LIBRARY_QUOTA_BYTES = 100
    uploads.begin(stranger, "boat.png", 90, "asset")
    address = begin(client, b"x" * 60)["Location"]
    send(client, address, b"x" * 10, 0)

    reply = begin(client, b"x" * 41)
    assert reply.status_code == 429
    assert "not done yet take 60\xa0bytes" in reply.json()["detail"]
    assert begin(client, b"x" * 40, purpose="archive").status_code == 201
    client.delete(address, headers=VERSION)
    assert begin(client, b"x" * 60).status_code == 201


def test_a_whole_upload_keeps_its_room_until_it_is_in_the_library_and_takes_it_once(
    creator, settings
):
    content = picture_bytes()
    waiting = uploaded(creator, content)
    settings.LIBRARY_QUOTA_BYTES = 2 * len(content)
    assert waiting.status == Upload.Status.QUEUED
    with pytest.raises(LimitError):
        uploads.begin(creator, "boat.png", len(content) + 1, "asset")

    settings.LIBRARY_QUOTA_BYTES = 0
    accepted(creator, content)
    settings.LIBRARY_QUOTA_BYTES = sum(asset.bytes for asset in LibraryAsset.objects.all()) + 1
    assert not Upload.objects.unfinished().exists()
    uploads.begin(creator, "boat.png", 1, "asset")


def test_a_strangers_upload_reads_like_one_that_is_not_there(client, stranger):
    foreign = uploaded(stranger, picture_bytes())
    unknown = "00000000-0000-4000-8000-000000000000"

    for method in ("get", "head", "patch", "delete"):
        replies = [
            getattr(client, method)(f"{URL}/{pk}", headers=VERSION) for pk in (foreign.pk, unknown)
        ]
        assert [reply.status_code for reply in replies] == [404, 404]
        assert replies[0].content == replies[1].content
    assert Upload.objects.filter(pk=foreign.pk).exists()
    assert client.get(URL).json()["items"] == []


def test_a_visitor_gets_nothing():
    assert begin(Client(), b"x").status_code == 401


def test_discarding_removes_what_has_arrived(client, creator, django_capture_on_commit_callbacks):
    content = picture_bytes()
    address = begin(client, content)["Location"]
    send(client, address, content[:100], 0)

    with django_capture_on_commit_callbacks(execute=True):
        assert client.delete(address, headers=VERSION).status_code == 204

    assert not Upload.objects.exists()
    assert list(buckets.each_key(BUCKET)) == []


def test_a_picture_is_made_fresh(client, creator):
    upload = accepted(creator, picture_bytes(file_format="JPEG") + b"<script>behind</script>")

    assert upload.status == Upload.Status.COMPLETED, upload.error
    asset = LibraryAsset.objects.get()
    assert (asset.title, asset.source, asset.owner) == ("boat", "upload", creator)
    assert (asset.width, asset.height, asset.mime_type) == (64, 36, "image/png")
    with buckets.open_file(asset.bucket, asset.key) as file:
        assert b"script" not in file.read()
    assert all(buckets.exists(asset.bucket, key) for key in asset.keys)
    assert list(buckets.each_key(BUCKET)) == []
    assert client.get(f"{URL}/{upload.pk}").json()["asset_id"] == str(asset.pk)


def test_a_clip_is_copied_without_what_it_told(creator):
    content = clip_bytes()
    assert b"a boat" in content

    upload = accepted(creator, content + b"trailing", "Holiday.MOV")

    assert upload.status == Upload.Status.COMPLETED, upload.error
    asset = LibraryAsset.objects.get()
    assert (asset.kind, asset.title, asset.width) == ("video", "Holiday", 64)
    assert asset.duration_seconds == pytest.approx(8 * 3 / 50)
    with buckets.open_file(asset.bucket, asset.key) as file:
        stored = file.read()
    assert b"a boat" not in stored
    assert b"trailing" not in stored


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.7", "This is a PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is an SVG"),
        (b"\x1aE\xdf\xa3 webm", "WebM or MKV"),
        (picture_bytes()[:-40], "damaged or cut off"),
        (clip_bytes()[:900], "damaged or cut off"),
        (b"\0\0\0\x20ftypisom" + b"\0" * 500, "damaged or cut off"),
    ],
    ids=["pdf", "svg", "webm", "cut picture", "cut clip", "empty clip"],
)
def test_what_is_refused_says_why(creator, content, reason):
    upload = accepted(creator, content, "boat.png")

    assert upload.status == Upload.Status.FAILED
    assert reason in upload.error
    assert not LibraryAsset.objects.exists()
    assert list(buckets.each_key(BUCKET)) == []
    assert list(buckets.each_key("user-library")) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\pictures\\a.png", "a.png"),
        ("\r\n\u202e \u200d", "Unnamed"),
        ("\U0001f469\u200d\U0001f680.png", "\U0001f469\u200d\U0001f680.png"),
    ],
)
def test_a_name_is_words_for_one_line(creator, name, shown):
    assert uploads.begin(creator, name, 1, "asset").name == shown
    assert len(uploads.clean_name("x" * 500)) == uploads.LONGEST_NAME


@pytest.mark.django_db(transaction=True)
def test_only_one_of_many_at_once_gets_a_place(creator):
    upload = uploads.begin(creator, "boat.png", 100, "asset")
    outcomes: list[str] = []

    def write():
        try:
            uploads.append(Upload.objects.get(pk=upload.pk), 0, io.BytesIO(b"x" * 10), 10)
            outcomes.append("kept")
        except StateError:
            outcomes.append("refused")
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)

    assert sorted(outcomes) == ["kept", "refused", "refused", "refused"]
    upload.refresh_from_db()
    assert upload.offset == 10
    assert list(buckets.each_key(BUCKET)) == upload.keys

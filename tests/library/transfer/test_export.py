"""An export has every file and all that is known; what is gone is named, and memory stays flat."""

import io
import tracemalloc
import uuid
import zipfile

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.utils import timezone
from ourvidz.collections.models import Collection

from library.models import LibraryAsset
from library.transfer import exporting
from ourvidz.media import archive_progress, archive_slots, buckets
from tests.factories import make_library_asset, picture_bytes
from tests.library.transfer.making import archive_of, keep, library, manifest_in, page

pytestmark = pytest.mark.django_db
UNKNOWN = "0859627f-ba85-4315-8f25-1f8a025f262f"
API = "/api/v1/library/exports"


def names(told: dict) -> list[str]:
    return [entry["title"] for entry in told["assets"]]


def test_the_whole_library(creator, stranger):
    made = library(creator)
    keep(stranger, picture_bytes(colour=77), title="foreign")

    content = archive_of(creator)

    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    told = manifest_in(content)
    assert (told["format"], told["version"]) == ("ourvidz-library", 1)
    assert names(told) == ["boat", "hill", "sky", "clip"]
    for entry in told["assets"]:
        asset = made[entry["title"]]
        with buckets.open_file(asset.bucket, asset.key) as file:
            assert archive.read(entry["file"]) == file.read()
        assert entry["id"] == str(asset.pk)
        assert entry["sha256"] == asset.sha256
        assert entry["original_prompt"] == asset.original_prompt
        assert entry["visibility"] == asset.visibility
    assert told["assets"][0]["tags"] == ["Sea", "dawn"]
    assert told["missing"] == []


def test_collections_come_with_nesting_order_and_cover(creator):
    made = library(creator)

    inner, outer = sorted(manifest_in(archive_of(creator))["collections"], key=lambda c: c["name"])

    assert (outer["parent"], inner["parent"]) == (None, outer["number"])
    assert outer["description"] == "All <b>of</b> it"
    assert outer["cover"] == str(made["boat"].pk)
    assert inner["assets"] == [str(made[name].pk) for name in ("boat", "hill", "clip")]


def test_a_collection_with_what_lies_in_it(creator):
    library(creator)
    outer, inner = (Collection.objects.get(name=name) for name in ("Outer", "Inner"))

    assert names(manifest_in(archive_of(creator, collection_id=outer.pk))) == [
        "boat",
        "hill",
        "clip",
    ]
    told = manifest_in(archive_of(creator, collection_id=inner.pk))
    assert [(c["name"], c["parent"]) for c in told["collections"]] == [("Inner", None)]


def test_a_search_a_job_and_a_selection(creator):
    made = library(creator)
    job = uuid.uuid4()
    LibraryAsset.objects.filter(pk=made["sky"].pk).update(job_id=job)

    assert names(manifest_in(archive_of(creator, q="type:video"))) == ["clip"]
    assert names(manifest_in(archive_of(creator, job_id=job))) == ["sky"]
    told = manifest_in(archive_of(creator, asset_ids=[made["hill"].pk]))
    assert names(told) == ["hill"]
    assert [(c["name"], len(c["assets"])) for c in told["collections"]] == [
        ("Outer", 0),
        ("Inner", 1),
    ]


def test_what_is_gone_is_named_and_stops_nothing(creator, monkeypatch):
    made = library(creator)
    boat, hill, sky = made["boat"], made["hill"], made["sky"]
    buckets.remove(boat.bucket, [boat.key])
    buckets.store(hill.bucket, hill.key, picture_bytes(colour=200), "image/png")
    export = exporting.Export(exporting.chosen(creator))
    LibraryAsset.objects.filter(pk=sky.pk).update(deleted_at=timezone.now())

    told = manifest_in(b"".join(export.blocks()))

    assert names(told) == ["clip"]
    missing = {entry["id"]: entry["reason"] for entry in told["missing"]}
    assert missing == {
        str(boat.pk): exporting.UNREADABLE,
        str(hill.pk): exporting.CHANGED,
        str(sky.pk): exporting.GONE,
    }


def test_memory_stays_flat(creator):
    for _ in range(12):
        asset = make_library_asset(creator)
        buckets.store(asset.bucket, asset.key, bytes(8 * 1024**2), "image/png")
    export = exporting.Export(exporting.chosen(creator))

    tracemalloc.start()
    size = sum(len(block) for block in export.blocks())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert size > 12 * 8 * 1024**2
    assert peak < 6 * 1024**2


def test_queries_do_not_grow_with_the_assets(creator, django_assert_max_num_queries):
    for _ in range(30):
        keep(creator, picture_bytes())
    with django_assert_max_num_queries(6):
        archive_of(creator)


def test_too_many_are_refused_with_the_way_out(client, creator, settings):
    settings.ARCHIVE_ASSETS = 2
    for _ in range(3):
        make_library_asset(creator)

    reply = client.post(API, {}, content_type="application/json")

    assert reply.status_code == 422
    assert "These are 3 assets; an archive holds 2" in reply.json()["errors"]["q"][0]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"q": 'broken "quote'}, 422),
        ({"q": "boat", "job_id": UNKNOWN}, 422),
        ({"collection_id": UNKNOWN}, 404),
        ({"job_id": UNKNOWN}, 404),
        ({"asset_ids": [UNKNOWN]}, 404),
        ({"asset_ids": []}, 404),
    ],
)
def test_what_cannot_be_exported(client, creator, body, status):
    make_library_asset(creator)
    assert client.post(API, body, content_type="application/json").status_code == status


def test_nothing_of_a_stranger(client, creator, stranger):
    foreign = make_library_asset(stranger, job_id=uuid.uuid4())
    shelf = Collection.objects.create(owner=stranger, name="Foreign")
    own = make_library_asset(creator)
    bodies = [
        {"asset_ids": [str(own.pk), str(foreign.pk)]},
        {"job_id": str(foreign.job_id)},
        {"collection_id": str(shelf.pk)},
    ]

    for body in bodies:
        assert client.post(API, body, content_type="application/json").status_code == 404
    assert Client().post(API, {}, content_type="application/json").status_code == 401


def test_two_may_run_and_a_third_is_told_to_wait(client, creator, monkeypatch):
    make_library_asset(creator)
    monkeypatch.setattr(archive_slots, "take", lambda user_id: None)

    assert client.post(API, {}, content_type="application/json").status_code == 429
    reply = client.post(page("export"), {"q": ""})
    assert reply.status_code == 429
    assert "Two downloads are running" in reply.content.decode()


@pytest.mark.django_db(transaction=True)
def test_it_is_streamed_from_the_page(creator):
    made = library(creator)
    caller = AsyncClient()
    caller.force_login(creator)

    async def ask():
        reply = await caller.post(page("export"), {"q": "boat", "show": "image"})
        assert reply.status_code == 200, reply.content
        assert reply["Content-Disposition"].startswith('attachment; filename="ourvidz-search-')
        return b"".join([block async for block in reply.streaming_content])

    told = manifest_in(async_to_sync(ask)())
    assert {entry["id"] for entry in told["assets"]} == {
        str(asset.pk) for name, asset in made.items() if name != "clip"
    }


def sent(reply) -> bytes:
    """All that a streamed reply has."""

    async def collected() -> bytes:
        return b"".join([block async for block in reply.streaming_content])

    return async_to_sync(collected)()


def test_a_selection_a_job_and_a_search_without_some_from_the_page(client, creator, monkeypatch):
    made = library(creator)
    job = uuid.uuid4()
    LibraryAsset.objects.filter(pk=made["sky"].pk).update(job_id=job)
    asked = []
    plain = exporting.response
    monkeypatch.setattr(
        exporting, "response", lambda user, what, **told: asked.append(what) or plain(user, what)
    )

    def exported(**told) -> set[str]:
        sent(client.post(page("export"), told))
        return {name for name, asset in made.items() if asset.pk in asked[-1].ids}

    assert exported(asset_ids=f"{made['boat'].pk},{made['clip'].pk}") == {"boat", "clip"}
    assert exported(job=job) == {"sky"}
    assert exported(q="", except_ids=str(made["boat"].pk)) == {"hill", "sky", "clip"}
    for told in ({"job": uuid.uuid4()}, {"job": "x"}, {"asset_ids": UNKNOWN}, {"asset_ids": "x"}):
        assert client.post(page("export"), told).status_code == 404


def test_files_alone_come_without_a_manifest(creator):
    made = library(creator)
    buckets.remove(made["hill"].bucket, [made["hill"].key])
    blocks = exporting.Export(exporting.chosen(creator), plain=True).blocks()
    archive = zipfile.ZipFile(io.BytesIO(b"".join(blocks)))
    assert [name for name in archive.namelist() if "/" not in name] == [exporting.MISSING_NAME]
    assert "hill" in archive.read(exporting.MISSING_NAME).decode()
    assert len(archive.namelist()) == 4


def test_the_page_can_ask_how_far_it_is(client, creator, stranger):
    library(creator)
    asked = page("export_progress", "token-1")
    assert client.get(asked).json()["status"] == "waiting"
    reply = client.post(page("export"), {"token": "token-1"})
    sent(reply)
    assert client.get(asked).json() == {"done": 4, "total": 4, "status": "completed"}
    other = Client()
    other.force_login(stranger)
    assert other.get(asked).json()["status"] == "waiting"
    assert Client().get(asked).status_code == 302


def test_an_export_that_is_broken_off_says_so(creator):
    library(creator)
    progress = exporting.Progress(creator.pk, "token-2", 4)
    blocks = exporting.Export(exporting.chosen(creator), progress).blocks()
    next(blocks)
    blocks.close()
    assert archive_progress.read(creator.pk, "token-2")["status"] == "stopped"

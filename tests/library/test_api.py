"""Listing, reading, changing, deleting and restoring by the API."""

import base64
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from library.models import LibraryAsset
from tests.factories import make_library_asset

LIST = "/api/v1/library/assets"


def listed(client, **query):
    return client.get(LIST, query).json()


def patch(client, asset, **body):
    return client.patch(f"{LIST}/{asset.pk}", body, content_type="application/json")


def test_an_asset_with_its_whole_provenance(client, creator):
    asset = make_library_asset(
        creator, enhanced_prompt="fine", negative_prompt="blurry", settings={"steps": 15}
    )
    asset.tags.create(owner=creator, name="sea")

    shown = client.get(f"{LIST}/{asset.pk}").json()

    assert shown["id"] == str(asset.pk)
    assert shown["tags"] == ["sea"]
    assert shown["settings"] == {"steps": 15}
    for name in ("original_prompt", "enhanced_prompt", "negative_prompt", "seed", "sha256"):
        assert shown[name] == getattr(asset, name)
    assert shown["urls"].keys() == {"original", "thumbnail", "poster"}
    assert all("signature=" in url for url in shown["urls"].values())


def test_pages_follow_each_other_to_the_end(client, creator):
    at_once = timezone.now()
    made = {str(make_library_asset(creator, created_at=at_once).pk) for _ in range(5)}
    found, cursor = [], ""
    while cursor is not None:
        page = listed(client, limit=2, cursor=cursor)
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert len(found) == 5
    assert set(found) == made


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_cursor_at_the_end_of_all_time_is_none(client, time):
    position = json.dumps([time, "00000000-0000-4000-8000-000000000000"])
    cursor = base64.urlsafe_b64encode(position.encode()).decode()

    assert listed(client, cursor=cursor)["errors"].keys() == {"cursor"}


def test_the_same_words_and_kinds_as_the_page(client, creator):
    boat = make_library_asset(creator, title="A red boat")
    clip = make_library_asset(creator, kind="video", duration_seconds=5.0, original_prompt="a fox")
    make_library_asset(creator, title="boat", deleted_at=timezone.now())

    assert [item["id"] for item in listed(client, q="RED boat")["items"]] == [str(boat.pk)]
    assert [item["id"] for item in listed(client, kind="video")["items"]] == [str(clip.pk)]
    assert listed(client, q="zebra")["items"] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "x"),
        ("cursor", "nonsense"),
        ("kind", "audio"),
        ("q", "x" * 1001),
        ("q", "colour:red"),
    ],
)
def test_a_bad_question_names_its_field(client, field, value):
    answer = client.get(LIST, {field: value})

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


def test_only_what_was_sent_is_changed(client, creator):
    asset = make_library_asset(creator, title="Old", rating=3, favourite=True)

    shown = patch(client, asset, title="  New ", tags=["sea", "SEA", " boat  trip "]).json()

    assert (shown["title"], shown["rating"], shown["favourite"]) == ("New", 3, True)
    assert {name.lower() for name in shown["tags"]} == {"sea", "boat trip"}
    assert patch(client, asset, rating=5, favourite=False).json()["tags"] == shown["tags"]
    asset.refresh_from_db()
    assert (asset.title, asset.rating, asset.favourite) == ("New", 5, False)


def test_what_a_client_may_not_set_is_ignored(client, creator, stranger):
    asset = make_library_asset(creator)

    answer = patch(client, asset, owner=stranger.pk, owner_id=stranger.pk, seed=1, sha256="0")

    assert answer.status_code == 200
    unchanged = LibraryAsset.objects.get()
    assert (unchanged.owner, unchanged.seed, unchanged.sha256) == (creator, 42, asset.sha256)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x" * 201),
        ("title", "a\0b"),
        ("title", None),
        ("rating", 6),
        ("rating", "many"),
        ("favourite", None),
        ("tags", "sea"),
        ("tags", ["x" * 61]),
        ("tags", [str(number) for number in range(31)]),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(client, creator, field, value):
    asset = make_library_asset(creator, title="Old")

    answer = patch(client, asset, **{"title": "New", field: value})

    assert answer.status_code == 422
    assert [name.partition(".")[0] for name in answer.json()["errors"]] == [field]
    assert LibraryAsset.objects.get().title == "Old"


def test_deleting_moves_to_the_trash_and_restoring_brings_back(client, kept):
    url = f"{LIST}/{kept.pk}"

    assert client.delete(url).content == b""
    assert listed(client)["items"] == []
    assert client.get(url).json()["deleted_at"] is not None
    assert client.delete(url).status_code == 204

    assert client.post(f"{url}/restoration").json()["deleted_at"] is None
    assert client.post(f"{url}/restoration").status_code == 200
    assert len(listed(client)["items"]) == 1


def test_what_is_past_its_time_in_the_trash_is_gone(client, creator):
    gone = make_library_asset(creator, deleted_at=timezone.now() - timedelta(days=31))

    assert client.post(f"{LIST}/{gone.pk}/restoration").status_code == 404


def test_the_number_of_queries_does_not_grow(client, creator):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LIST, {"limit": 200}).status_code == 200
        return len(captured)

    for _ in range(5):
        make_library_asset(creator).tags.create(owner=creator, name=f"tag {_}")
    few = queries()
    for number in range(100):
        make_library_asset(creator).tags.create(owner=creator, name=f"more {number}")

    assert queries() == few <= 12

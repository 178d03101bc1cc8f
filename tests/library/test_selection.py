"""Selections in the library: ranges and all that match are found by the server."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from library import selection
from library.models import LibraryAsset
from tests.factories import make_library_asset
from tests.library.test_page import make_many

pytestmark = pytest.mark.django_db
FIND = "/library/selection/"
HOSTILE = '<script>alert(1)</script> "quoted" & שלום 🦊'


def found(client, **query) -> tuple[list[str], int]:
    reply = client.get(FIND, query).json()
    return [asset["id"] for asset in reply["assets"]], reply["total"]


def test_all_that_match_in_the_order_of_the_page(client, creator, stranger):
    many = make_many(creator, 70)
    sea = make_library_asset(creator, title="Sea", favourite=True)
    make_library_asset(stranger, title="Sea")

    assert found(client) == ([str(sea.pk), *(str(one.pk) for one in many)], 71)
    reply = client.get(FIND, {"q": "sea", "show": "favourites"}).json()
    assert [asset["id"] for asset in reply["assets"]] == [str(sea.pk)]
    assert reply["query"] == "sea fav:yes"


@pytest.mark.parametrize("turned", [False, True])
def test_a_range_has_what_no_page_has_loaded(client, creator, turned):
    make_many(creator, 150)
    order = [str(pk) for pk in LibraryAsset.objects.kept().values_list("pk", flat=True)]
    ends = [order[5], order[140]][:: -1 if turned else 1]

    assert found(client, **{"from": ends[0], "to": ends[1]}) == (order[5:141], 136)


def test_a_range_keeps_to_the_search_and_to_what_was_not_deleted(client, creator):
    many = make_many(creator, 9)
    LibraryAsset.objects.filter(pk=many[4].pk).update(favourite=True)
    ends = {"from": many[2].pk, "to": many[6].pk}

    assert found(client, show="favourites", **ends) == ([str(many[4].pk)], 1)


def test_too_many_are_only_counted(client, creator, monkeypatch):
    many = make_many(creator, 12)
    LibraryAsset.objects.filter(pk=many[3].pk).update(deleted_at=timezone.now())
    monkeypatch.setattr(selection, "MOST_SELECTED", 8)

    ids, total = found(client)
    assert (len(ids), total) == (8, 11)
    ids, total = found(client, show="image")
    assert (len(ids), total) == (8, 11)
    ids, total = found(client, **{"from": many[0].pk, "to": many[10].pk})
    assert (len(ids), total) == (8, 10)


def test_a_whole_library_is_not_counted_asset_by_asset(client, creator, monkeypatch):
    make_many(creator, 12)
    monkeypatch.setattr(selection, "MOST_SELECTED", 10)

    with CaptureQueriesContext(connection) as captured:
        found(client)

    assert not [one for one in captured if "COUNT(" in one["sql"]]


@pytest.mark.parametrize("name", ["from", "to"])
def test_the_end_of_a_range_that_is_not_yours_is_not_there(client, creator, stranger, name):
    mine, foreign = make_library_asset(creator), make_library_asset(stranger)
    ends = {"from": mine.pk, "to": mine.pk}

    replies = [
        client.get(FIND, ends | {name: wrong}) for wrong in (foreign.pk, uuid.uuid4(), "x\0")
    ]
    assert [reply.status_code for reply in replies] == [404, 404, 404]
    assert replies[0].content == replies[1].content


def test_queries_do_not_grow(client, creator):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(FIND).status_code == 200
        return len(captured)

    make_many(creator, 3)
    few = queries()
    make_many(creator, 200)
    assert queries() == few <= 5


def test_the_page_has_a_bar_and_each_tile_a_box_with_its_name(client, creator):
    make_library_asset(creator, title=HOSTILE[:200])

    for layout in ("medium", "list"):
        page = client.get("/library/", {"layout": layout}).content.decode()
        assert 'id="selection"' in page
        assert page.count("data-select ") == 1
        assert 'aria-label="Select &lt;script&gt;' in page
        assert "<script>alert" not in page

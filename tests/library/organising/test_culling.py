"""Culling: what is looked through, and the commit of what was decided."""

import json
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from library import trash
from library.models import LibraryAsset
from library.organising.culling_order import STRETCH
from tests.factories import make_library_asset
from tests.library.test_page import make_many
from workspace.models import Action

PAGE, ASSETS, STANDING, COMMIT = (
    reverse(f"library:{name}") for name in ("cull", "cull_assets", "cull_standing", "cull_commit")
)


@pytest.fixture
def many(creator):
    """More than two stretches, the newest first."""
    return make_many(creator, 2 * STRETCH + 10)


def ids(answer) -> list:
    return [picture.asset.pk for picture in answer.context["pictures"]]


def decide(client, decisions) -> tuple[int, dict]:
    answer = client.post(COMMIT, {"decisions": json.dumps(decisions)})
    return answer.status_code, answer.json() if answer.status_code != 404 else {}


def test_the_newest_come_first_and_stretches_join(client, many):
    wanted = [asset.pk for asset in many]
    page = client.get(PAGE)
    assert ids(page) == wanted[:STRETCH]
    assert (page.context["number"], page.context["total"]) == (1, len(many))

    after = client.get(ASSETS, {"after": wanted[STRETCH - 1]})
    assert ids(after) == wanted[STRETCH : 2 * STRETCH]

    at = client.get(ASSETS, {"at": wanted[100]})
    assert ids(at) == wanted[100:]
    assert 'data-number="101"' in at.content.decode()

    before = client.get(ASSETS, {"before": wanted[100]})
    assert ids(before) == wanted[40:100]
    assert ids(client.get(ASSETS, {"after": wanted[-1]})) == []


def test_where_it_stopped_may_be_in_the_trash_by_now(client, many):
    trash.move_to_trash(LibraryAsset.objects.filter(pk=many[2].pk))

    assert ids(client.get(ASSETS, {"at": many[2].pk}))[0] == many[3].pk


@pytest.mark.parametrize("query", [{}, {"show": "image"}])
@pytest.mark.parametrize("place", [0, 1, 59, 60, 61, 100, 129])
def test_the_number_and_the_total_are_exact(client, many, query, place):
    """Counted by the hour, or by the asset where a search narrows it; also of what is gone."""
    trash.move_to_trash(LibraryAsset.objects.filter(pk__in=[many[0].pk, many[60].pk]))
    before = sum(asset not in (many[0], many[60]) for asset in many[:place])

    page = client.get(ASSETS, {"at": many[place].pk, **query})

    assert page.context["number"] == before + 1
    assert client.get(PAGE, query).context["total"] == len(many) - 2


def test_a_whole_library_is_not_counted_asset_by_asset(client, many):
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)

    assert not [one for one in queries if "COUNT(" in one["sql"]]


def test_a_search_and_a_collection_narrow_it(client, creator, many):
    found = make_library_asset(creator, original_prompt="a lighthouse", favourite=True)
    collection = creator.collections.create(name="Best <b>")
    collection.memberships.create(asset=many[5], position=0)

    assert ids(client.get(PAGE, {"q": "lighthouse", "show": "favourites"})) == [found.pk]
    page = client.get(PAGE, {"collection": collection.pk})
    assert ids(page) == [many[5].pk]
    assert "Best &lt;b&gt;" in page.content.decode()


def test_a_collection_is_looked_through_in_its_own_order(client, creator, many):
    film = creator.collections.create(name="Film")
    order = many[::2] + many[1::2]
    rows = [film.memberships.model(collection=film, asset=asset) for asset in order]
    for position, row in enumerate(rows):
        row.position = position // 3  # also where places are equal, as after a merge
    film.memberships.bulk_create(rows)
    wanted, named = [asset.pk for asset in order], {"collection": film.pk}

    page = client.get(PAGE, named)
    assert ids(page) == wanted[:STRETCH]
    assert (page.context["number"], page.context["total"]) == (1, len(wanted))
    assert ids(client.get(ASSETS, {**named, "after": wanted[59]})) == wanted[60:120]
    assert ids(client.get(ASSETS, {**named, "before": wanted[70]})) == wanted[10:70]
    at = client.get(ASSETS, {**named, "at": wanted[100]})
    assert ids(at) == wanted[100:]
    assert at.context["number"] == 101

    trash.move_to_trash(LibraryAsset.objects.filter(pk=wanted[100]))
    assert ids(client.get(ASSETS, {**named, "at": wanted[100]})) == wanted[101:]
    assert client.get(PAGE, named).context["total"] == len(wanted) - 1


@pytest.mark.parametrize("name", ["at", "after", "before"])
def test_what_is_not_in_the_collection_has_no_place_there(client, creator, many, name):
    film = creator.collections.create(name="Film")
    film.memberships.create(asset=many[0], position=0)

    answer = client.get(ASSETS, {"collection": film.pk, name: many[1].pk})

    assert answer.status_code == 404


def test_a_search_that_cannot_be_read_says_so(client, many):
    page = client.get(PAGE, {"q": 'boat "'})

    assert page.status_code == 200
    assert "This search cannot be read" in page.content.decode()


def test_nothing_to_look_through_says_so(client):
    assert "Nothing is here to look through." in client.get(PAGE).content.decode()


@pytest.mark.parametrize("name", ["at", "after", "before", "collection"])
def test_foreign_unknown_and_broken_ids_are_not_found(client, many, stranger, name):
    foreign = make_library_asset(stranger)
    collection = stranger.collections.create(name="Theirs")
    other = collection.pk if name == "collection" else foreign.pk
    for wrong in (other, uuid.uuid4(), "x", ""):
        assert client.get(ASSETS, {name: wrong}).status_code == 404


def test_only_those_who_signed_in(many):
    visitor = Client()
    for method, address in (("get", PAGE), ("get", ASSETS), ("post", STANDING), ("post", COMMIT)):
        assert getattr(visitor, method)(address).status_code == 302


def test_the_cost_does_not_grow(client, creator, many):
    def cost(query: dict) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE, query)
        return len(queries)

    creator.collections.create(name="Empty")
    # SQLite first asks its index of words how rare these are.
    assert max(cost({}), cost({"q": "nothing-has-this"})) <= 6
    assert cost({}) >= 4


def test_one_commit_rejects_rates_and_marks_and_is_undone_as_one(client, many):
    rejected, rated, marked, kept = many[:4]

    status, answer = decide(
        client,
        {
            str(rejected.pk): {"verdict": "reject"},
            str(rated.pk): {"verdict": "keep", "rating": 4},
            str(marked.pk): {"favourite": True},
            str(kept.pk): {"verdict": "keep"},
        },
    )

    assert status == 200
    assert answer["said"] == "1 moved to trash, 1 rated, 1 marked or unmarked as favourite."
    assert answer["failures"] == []
    action = Action.objects.get()
    assert reverse("workspace:undo", args=[action.pk]) in answer["toast"]
    assert "Culled" in client.get(reverse("workspace:history")).content.decode()

    client.post(reverse("workspace:undo", args=[action.pk]))

    for asset in many[:4]:
        asset.refresh_from_db()
        assert (asset.deleted_at, asset.rating, asset.favourite) == (None, 0, False)


def test_what_has_gone_meanwhile_is_answered_by_itself(client, many):
    trash.move_to_trash(LibraryAsset.objects.filter(pk=many[0].pk))

    status, answer = decide(client, {str(asset.pk): {"verdict": "reject"} for asset in many[:2]})

    assert status == 200
    assert [failure["id"] for failure in answer["failures"]] == [str(many[0].pk)]
    assert answer["said"].startswith("1 moved to trash. 1 stayed as it was: It is no longer")


def test_a_foreign_id_and_nothing_is_done(client, many, stranger):
    foreign = make_library_asset(stranger)

    status, _ = decide(client, {str(pk): {"verdict": "reject"} for pk in (many[0].pk, foreign.pk)})

    assert status == 404
    assert LibraryAsset.objects.kept().count() == len(many) + 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "null",
        "[" * 100_000,
        '{"x": {}}',
        '{"%s": 3}',
        '{"%s": {"verdict": "burn"}}',
        '{"%s": {"rating": 6}}',
        '{"%s": {"rating": 0}}',
        '{"%s": {"rating": true}}',
        '{"%s": {"rating": "5"}}',
        '{"%s": {"favourite": 1}}',
        '{"%s": {"owner": 1}}',
    ],
    ids=range(14),
)
def test_what_is_no_decision_is_refused(client, many, text):
    answer = client.post(COMMIT, {"decisions": text.replace("%s", str(many[0].pk))})

    assert answer.status_code == 422
    assert "cannot be read" in answer.json()["error"]
    assert not Action.objects.exists()


def test_standing_names_the_owners_kept_ones_only(client, many, stranger):
    foreign = make_library_asset(stranger)
    trash.move_to_trash(LibraryAsset.objects.filter(pk=many[1].pk))
    asked = [many[0].pk, many[1].pk, foreign.pk, uuid.uuid4(), "x", ""]

    answer = client.post(STANDING, {"asset_ids": ",".join(map(str, asked))})

    assert answer.json() == {"assets": [str(many[0].pk)]}

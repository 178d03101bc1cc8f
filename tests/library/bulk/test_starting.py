"""What a batch can be begun over, what is refused, and that there is one undo."""

import uuid

import pytest
from django.utils import timezone
from ourvidz.collections.models import Collection

from library.bulk import starting
from library.bulk.models import Batch
from library.models import LibraryAsset
from ourvidz.errors import LimitError, RequestError, StateError
from tests.factories import make_library_asset
from tests.interleaving import just_before
from tests.library.bulk.conftest import done

TOO_MANY = [uuid.UUID(int=number) for number in range(5001)]
pytestmark = pytest.mark.django_db


def test_a_selection_by_ids(creator, assets):
    ids = [assets[0].pk, assets[5].pk]

    batch = done(starting.start(creator, "favourite", query="ignored", asset_ids=ids))

    assert batch.changed == 2
    assert (batch.what, batch.told) == ("a selection", "")
    marked = LibraryAsset.objects.filter(favourite=True).values_list("pk", flat=True)
    assert set(marked) == set(ids)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"tags": ["fog", "sea"]}, "fog, sea"),
        ({"rating": 0}, "0 of 5"),
        ({"visibility": "unlisted"}, "unlisted"),
        ({"collection_id": "7"}, ""),
    ],
)
def test_what_it_was_told_is_said_and_of_its_undo_too(parameters, words):
    batch = Batch(parameters=parameters)

    assert batch.told == Batch(action="undo", undoes=batch).told == words


def test_a_foreign_asset_in_a_selection_stops_all(client, creator, stranger, assets):
    foreign = make_library_asset(stranger)
    shelf = Collection.objects.create(owner=stranger, name="Foreign")
    bodies = [
        {"action": "trash", "asset_ids": [str(assets[0].pk), str(foreign.pk)]},
        {"action": "trash", "asset_ids": [str(assets[0].pk), str(uuid.uuid4())]},
        {"action": "add", "collection_id": str(shelf.pk)},
    ]

    for body in bodies:
        reply = client.post("/api/v1/library/batches", body, content_type="application/json")
        assert reply.status_code == 404
    assert not Batch.objects.exists()


def test_nothing_of_a_stranger_is_matched(creator, stranger, assets):
    foreign = make_library_asset(stranger, original_prompt="a boat")

    done(starting.start(creator, "trash"))

    foreign.refresh_from_db()
    assert foreign.deleted_at is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"action": "explode"}, "action"),
        ({"action": "undo"}, "action"),
        ({"action": "favourite", "query": '"broken'}, "q"),
        ({"action": "favourite", "query": "nothing has this"}, "q"),
        ({"action": "favourite", "query": "x" * 10_000}, "q"),
        ({"action": "tag"}, "tags"),
        ({"action": "tag", "tags": ["x" * 61]}, "tags"),
        ({"action": "rate"}, "rating"),
        ({"action": "rate", "rating": 6}, "rating"),
        ({"action": "add"}, "collection_id"),
        ({"action": "trash", "asset_ids": TOO_MANY}, "asset_ids"),
    ],
)
def test_what_cannot_be_begun(creator, assets, given, field):
    with pytest.raises(RequestError) as error:
        starting.start(creator, **given)
    assert list(error.value.errors) == [field]
    assert not Batch.objects.exists()


def test_only_so_many_at_once(creator, assets):
    for _ in range(starting.MOST_OPEN):
        starting.start(creator, "favourite")
    with pytest.raises(LimitError):
        starting.start(creator, "favourite")


def test_there_is_one_undo(creator, assets):
    batch = starting.start(creator, "favourite")
    with pytest.raises(StateError, match="not done yet"):
        starting.undo(batch)
    undo = starting.undo(done(batch))
    for again in (batch, done(undo)):
        with pytest.raises(StateError):
            starting.undo(again)


def test_of_two_undos_at_once_one_is_told(creator, assets):
    batch = done(starting.start(creator, "favourite"))
    with (
        just_before('SELECT "accounts_user"', lambda: starting.undo(batch)),
        pytest.raises(StateError, match="already"),
    ):
        starting.undo(Batch.objects.get(pk=batch.pk))


def test_a_day_begins_where_its_owner_is(creator):
    creator.time_zone = "Pacific/Kiritimati"
    creator.save()
    make_library_asset(creator, created_at="2026-05-01T12:00:00Z")

    with timezone.override("Pacific/Kiritimati"):
        batch = starting.start(creator, "favourite", query="after:2026-05-02")

    assert done(batch).changed == 1

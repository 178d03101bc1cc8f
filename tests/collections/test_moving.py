"""Assets move between collections in one press, and are dropped on the list of them."""

import re
import uuid

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ourvidz.collections import changes, membership
from tests.factories import make_library_asset
from tests.interleaving import just_before


@pytest.fixture
def other(film):
    return changes.create(film.owner, name="Other film")


def order_of(collection) -> list:
    return list(collection.memberships.values_list("asset", flat=True))


def move(client, source, asset, target):
    path = reverse("collections:transfer", args=[source.pk])
    return client.post(path, {"asset": str(asset), "target": str(target)})


def test_one_press_moves_to_the_end_and_undo_brings_it_back(client, film, pictures, other):
    answer = move(client, film, pictures[1].pk, other.pk).content.decode()

    assert "2 assets" in answer
    assert "Moved to <bdi>Other film</bdi>" in answer
    assert order_of(film) == [pictures[0].pk, pictures[2].pk]
    assert order_of(other) == [pictures[1].pk]

    values = re.search(r"hx-vals='(\{[^']+moved_to[^']+\})'", answer)[1]
    position = re.search(r'"position": "(\d+)"', values)[1]
    undo = {"asset": pictures[1].pk, "position": position, "moved_to": other.pk}
    client.post(reverse("collections:put_back", args=[film.pk]), undo)
    assert order_of(film) == [picture.pk for picture in pictures]
    assert order_of(other) == []


def test_a_move_is_taken_back_whole_or_not_at_all(client, film, pictures, other):
    membership.transfer(film, other, [pictures[0].pk])
    undo = {"asset": pictures[0].pk, "position": "0", "moved_to": other.pk}

    with just_before("DELETE", lambda: changes.delete(film)):
        answer = client.post(reverse("collections:put_back", args=[film.pk]), undo)

    assert answer.status_code == 404
    assert order_of(other) == [pictures[0].pk]


def test_what_was_there_already_stays_there_after_undo(client, film, pictures, other):
    membership.add(other, [pictures[0].pk])

    answer = move(client, film, pictures[0].pk, other.pk).content.decode()

    assert "moved_to" not in answer
    assert order_of(other) == [pictures[0].pk]


def test_the_page_of_a_collection_offers_to_move(client, film, pictures, other):
    words = {"asset": pictures[0].pk, "from": film.pk}
    chooser = client.get("/collections/membership/", words).content.decode()

    assert 'aria-label="Move to Other film"' in chooser
    assert 'aria-label="Move to Short film"' not in chooser
    del words["from"]
    assert "Move to" not in client.get("/collections/membership/", words).content.decode()


def test_to_itself_nothing_happens(client, film, pictures):
    move(client, film, pictures[0].pk, film.pk)

    assert order_of(film) == [picture.pk for picture in pictures]


def test_one_foreign_id_and_nothing_is_done(client, film, pictures, other, stranger):
    foreign = make_library_asset(stranger)
    theirs = changes.create(stranger, name="theirs")
    membership.add(theirs, [foreign.pk])
    not_in_it = make_library_asset(film.owner)

    answers = [
        move(client, film, foreign.pk, other.pk),
        move(client, film, pictures[0].pk, theirs.pk),
        move(client, theirs, foreign.pk, other.pk),
        move(client, film, not_in_it.pk, other.pk),
        move(client, film, uuid.uuid4(), other.pk),
        move(client, film, "nonsense", other.pk),
        move(client, film, pictures[0].pk, "nonsense"),
        client.post(reverse("collections:additions", args=[other.pk]), {"asset": foreign.pk}),
        client.post(reverse("collections:additions", args=[theirs.pk]), {"asset": pictures[0].pk}),
        client.get("/collections/targets/", {"asset": foreign.pk}),
        client.get("/collections/targets/", {"asset": pictures[0].pk, "from": theirs.pk}),
        client.get("/collections/membership/", {"asset": pictures[0].pk, "from": theirs.pk}),
    ]
    undo = {"asset": pictures[0].pk, "position": "0", "moved_to": theirs.pk}
    answers.append(client.post(reverse("collections:put_back", args=[other.pk]), undo))

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert order_of(film) == [picture.pk for picture in pictures]
    assert order_of(theirs) == [foreign.pk]
    assert order_of(other) == []


def test_a_batch_with_one_foreign_asset_adds_none(client, film, pictures, other, stranger):
    batch = [*(str(picture.pk) for picture in pictures), str(make_library_asset(stranger).pk)]

    answer = client.post(
        "/collections/membership/", {"asset": batch, "collection": other.pk, "member": "on"}
    )

    assert answer.status_code == 404
    assert order_of(other) == []
    with pytest.raises(Http404):
        membership.transfer(film, other, [uuid.UUID(text) for text in batch])
    assert order_of(film) == [picture.pk for picture in pictures]


# Dropped


def test_the_list_to_drop_on(client, film, pictures, other, stranger):
    changes.create(stranger, name="theirs")

    library = client.get("/collections/targets/", {"asset": pictures[0].pk}).content.decode()
    inside = client.get("/collections/targets/", {"asset": pictures[0].pk, "from": film.pk})

    assert "Add to" in library
    assert library.count("data-drop-url") == 2
    assert "theirs" not in library
    assert "Move to" in inside.content.decode()
    assert inside.content.decode().count("data-drop-url") == 1
    assert Client().get("/collections/targets/").status_code == 302


def test_dropped_on_one_it_is_added_once(client, film, pictures, other):
    path = reverse("collections:additions", args=[other.pk])

    first = client.post(path, {"asset": pictures[0].pk}).content.decode()
    again = client.post(path, {"asset": pictures[0].pk}).content.decode()

    assert "Added to" in first
    assert '"member": "off"' in first
    assert "It is already in" in again
    assert "Undo" not in again
    assert order_of(other) == [pictures[0].pk]
    assert len(order_of(film)) == 3


def test_the_list_costs_the_same_for_two_and_forty(client, film, pictures, other):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/collections/targets/", {"asset": pictures[0].pk})
        return len(captured)

    few = queries()
    for n in range(40):
        changes.create(film.owner, name=f"more {n}")
    assert queries() == few <= 6

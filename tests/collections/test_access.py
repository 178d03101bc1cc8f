"""Who may see and change a collection: its owner; to a stranger it does not exist."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from ourvidz.collections.models import Collection

from ourvidz.collections import changes
from tests.factories import make_library_asset

OF_ONE = [
    ("get", "collection"),
    ("post", "collection"),
    ("post", "deletion"),
    ("post", "restoration"),
    ("post", "order"),
    ("post", "merge"),
    ("post", "cover"),
    ("post", "removal"),
    ("post", "put_back"),
    ("post", "additions"),
    ("post", "transfer"),
]
CHANGES = [name for method, name in OF_ONE if method == "post"]
CALLS = [("get", "page"), ("post", "page"), ("get", "deleted"), *OF_ONE]


def call(client, method, name, collection_id, asset=None, **extra):
    data = {"name": "mine", "cover": "on", "position": "0", **extra}
    if asset:
        data |= {"asset": str(asset.pk), "place_of": str(asset.pk)}
    path = reverse(
        f"collections:{name}", args=[] if name in {"page", "deleted"} else [collection_id]
    )
    return getattr(client, method)(path, data if method == "post" else None)


@pytest.mark.parametrize(("method", "name"), CALLS)
def test_a_visitor_is_sent_to_sign_in(film, method, name):
    answer = call(Client(), method, name, film.pk)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("login"))


@pytest.mark.parametrize(("method", "name"), CALLS)
def test_the_owner_gets_in(client, film, pictures, method, name):
    other = changes.create(film.owner, name="other")
    answer = call(client, method, name, film.pk, pictures[0], target=str(other.pk))

    assert answer.status_code in {200, 204, 302}


@pytest.mark.parametrize(("method", "name"), OF_ONE)
def test_a_stranger_gets_the_same_bytes_as_for_nothing(film, pictures, stranger, method, name):
    client = Client()
    client.force_login(stranger)

    foreign = call(client, method, name, film.pk, pictures[0])
    unknown = call(client, method, name, uuid.uuid4(), pictures[0])

    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    film.refresh_from_db()
    assert (film.name, film.deleted_at, film.cover) == ("Short film", None, None)
    assert film.memberships.count() == 3


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_takes_the_csrf_token(creator, film, name):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(creator)

    assert call(strict, "post", name, film.pk).status_code == 403


@pytest.mark.parametrize("name", [name for name in CHANGES if name != "collection"])
def test_reading_changes_nothing(client, film, name):
    assert call(client, "get", name, film.pk).status_code == 405


@pytest.mark.parametrize("name", ["order", "cover", "removal", "put_back"])
@pytest.mark.parametrize("asset", ["", "nonsense", "c41f43a9-da64-4c21-af72-eeca7e816d46"])
def test_an_asset_that_is_none(client, film, name, asset):
    path = reverse(f"collections:{name}", args=[film.pk])

    assert client.post(path, {"asset": asset, "place_of": asset}).status_code == 404


@pytest.mark.parametrize("name", ["order", "cover", "removal", "put_back"])
def test_another_persons_asset_is_like_one_that_is_not_there(client, film, stranger, name):
    foreign = make_library_asset(stranger)

    assert call(client, "post", name, film.pk, foreign).status_code == 404
    assert film.memberships.count() == 0


def test_another_persons_collection_is_no_place_to_lie_in(client, film, stranger):
    theirs = changes.create(stranger, name="theirs")

    answers = [
        client.post(reverse("collections:page"), {"name": "a", "parent": parent})
        for parent in (theirs.pk, uuid.uuid4(), "nonsense")
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert Collection.objects.owned_by(film.owner).count() == 1


@pytest.mark.parametrize("name", ["within", "after"])
@pytest.mark.parametrize("value", ["nonsense", "c41f43a9-da64-4c21-af72-eeca7e816d46", ""])
def test_a_place_in_the_list_that_is_none(client, name, value):
    assert client.get(reverse("collections:page"), {name: value}).status_code == 404


@pytest.mark.parametrize("after", ["nonsense", "1", "-1-1", "1-x", "9" * 30 + "-1", "²-1"])
def test_a_place_in_a_collection_that_is_none(client, film, after):
    address = reverse("collections:collection", args=[film.pk])

    assert client.get(address, {"after": after}).status_code == 404

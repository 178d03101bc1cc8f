"""The popup that puts assets into collections."""

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from ourvidz.collections.models import Collection, Membership

from library import trash
from library.models import LibraryAsset
from ourvidz.collections import changes, choosing, membership
from tests.factories import make_library_asset

MEMBERSHIP = "/collections/membership/"
NO_SUCH = "There is nothing at this address"


def states(answer) -> dict[str, str]:
    """By name, the `aria-checked` of each line."""
    lines = re.findall(
        r'aria-checked="(\w+)".*?<span class="choice__words"><bdi>(.*?)</bdi>',
        answer.content.decode(),
    )
    return {name: state for state, name in lines}


def post(client, assets, **data):
    return client.post(MEMBERSHIP, {"asset": [asset.pk for asset in assets], **data})


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_is_sent_to_sign_in(film, method):
    answer = getattr(Client(), method)(MEMBERSHIP)

    assert answer.headers["Location"].startswith(reverse("login"))


def test_it_says_which_of_the_assets_are_where(client, creator, film, pictures):
    some = changes.create(creator, name="some")
    changes.create(creator, name="none")
    membership.add(some, [pictures[0].pk])

    answer = client.get(MEMBERSHIP, {"asset": [asset.pk for asset in pictures]})

    assert states(answer) == {"Short film": "true", "some": "mixed", "none": "false"}
    assert list(states(answer)) == ["Short film", "some", "none"]


def test_a_line_puts_in_and_takes_out(client, film, creator):
    assets = [make_library_asset(creator) for _ in range(2)]

    put_in = post(client, assets, collection=film.pk, member="on")
    assert states(put_in) == {"Short film": "true"}
    assert '"member": "off"' in put_in.content.decode()
    assert film.memberships.count() == 2

    assert states(post(client, assets, collection=film.pk, member="off")) == {"Short film": "false"}
    assert film.memberships.count() == 0


def test_words_narrow_the_list_in_any_case_and_by_where_it_lies(client, creator, film, pictures):
    changes.create(creator, name="Ärger", parent_id=film.pk)
    changes.create(creator, name="other")
    query = {"asset": pictures[0].pk}

    assert set(states(client.get(MEMBERSHIP, {**query, "q": "ÄRG"}))) == {"Ärger"}
    assert set(states(client.get(MEMBERSHIP, {**query, "q": "film"}))) == {"Short film", "Ärger"}
    assert states(client.get(MEMBERSHIP, {**query, "q": "%"})) == {}


def test_a_long_list_is_cut_and_says_so(client, creator, film, pictures):
    Collection.objects.bulk_create(Collection(owner=creator, name=f"n{n:03}") for n in range(60))

    answer = client.get(MEMBERSHIP, {"asset": pictures[0].pk})

    assert len(states(answer)) == choosing.MOST_SHOWN
    assert states(answer)["Short film"] == "true"
    assert "11 more. Type to narrow" in answer.content.decode()


def test_the_words_become_a_new_collection(client, creator, pictures):
    answer = post(client, pictures[:2], q=" Act  two ", create="on")

    made = Collection.objects.get(name="Act two")
    assert (made.owner, made.memberships.count()) == (creator, 2)
    assert states(answer)["Act two"] == "true"
    assert "Added to" in answer.content.decode()


def test_a_new_one_is_offered_only_where_none_has_the_name(client, film, pictures):
    query = {"asset": pictures[0].pk}

    assert "New collection" not in client.get(MEMBERSHIP, {**query, "q": "short FILM"}).text
    assert "New collection" in client.get(MEMBERSHIP, {**query, "q": "short"}).text


@pytest.mark.parametrize("name", ["x" * 1000, "", "a\0b"])
def test_a_name_that_cannot_be_makes_nothing(client, film, pictures, name):
    answer = post(client, pictures, q=name, create="on")

    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert Collection.objects.count() == 1


@pytest.mark.parametrize("data", [{"collection": "film", "member": "on"}, {"create": "on"}])
@pytest.mark.parametrize("kind", ["foreign", "unknown", "trashed", "nonsense", "none"])
def test_one_asset_that_is_not_ones_own_and_nothing_is_done(client, creator, stranger, kind, data):
    film = changes.create(creator, name="film")
    own, trashed = make_library_asset(creator), make_library_asset(creator)
    trash.move_to_trash(LibraryAsset.objects.filter(pk=trashed.pk))
    bad = {
        "foreign": [make_library_asset(stranger).pk],
        "unknown": [uuid.uuid4()],
        "trashed": [trashed.pk],
        "nonsense": ["nonsense"],
    }
    ids = [own.pk, *bad[kind]] if kind != "none" else []
    data = {**data, "asset": ids, "q": "new"}
    if "collection" in data:
        data["collection"] = film.pk

    for answer in (client.post(MEMBERSHIP, data), client.get(MEMBERSHIP, {"asset": ids})):
        assert answer.status_code == 404
        assert NO_SUCH in answer.content.decode()
    assert film.memberships.count() == 0
    assert Collection.objects.count() == 1


@pytest.mark.parametrize("kind", ["foreign", "unknown", "deleted", "nonsense"])
def test_a_collection_that_is_not_ones_own(client, film, pictures, stranger, kind):
    deleted = changes.create(film.owner, name="deleted")
    changes.delete(deleted)
    pk = {
        "foreign": changes.create(stranger, name="theirs").pk,
        "unknown": uuid.uuid4(),
        "deleted": deleted.pk,
        "nonsense": "nonsense",
    }[kind]

    assert post(client, pictures, collection=pk, member="on").status_code == 404
    assert not Collection.objects.exclude(pk=film.pk).filter(memberships__gt=0).exists()


def test_names_are_text_and_never_markup(client, creator, pictures):
    changes.create(creator, name="<script>alert(1)</script>'\"")
    page = client.get(MEMBERSHIP, {"asset": pictures[0].pk, "q": "<script>"}).content.decode()

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_number_of_queries_does_not_grow(client, creator, film, pictures):
    def queries(assets):
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(MEMBERSHIP, {"asset": [asset.pk for asset in assets]})
        assert answer.status_code == 200
        return len(captured)

    few = queries(pictures[:1])
    Collection.objects.bulk_create(
        Collection(owner=creator, name=str(n), parent=film) for n in range(100)
    )

    assert queries(pictures) == few <= 6


@pytest.mark.parametrize("url", ["/library/", "/library/{}/"])
def test_the_library_has_the_button(client, pictures, url):
    page = client.get(url.format(pictures[0].pk)).content.decode()

    assert f'data-collect="{pictures[0].pk}" data-collect-url="{MEMBERSHIP}"' in page


# Chips of one asset


def chips(client, asset, method="get", **data):
    return getattr(client, method)(f"/collections/of/{asset}/", data)


def test_chips_say_where_an_asset_is_and_take_it_out(client, film, pictures):
    shown = chips(client, pictures[0].pk).content.decode()
    assert "Short film" in shown

    left = chips(client, pictures[0].pk, "post", collection=film.pk).content.decode()
    assert "In no collection." in left
    assert Membership.objects.filter(collection=film).count() == 2


def test_chips_of_another_persons_asset_or_collection(client, film, pictures, stranger):
    foreign = make_library_asset(stranger)
    theirs = changes.create(stranger, name="theirs")
    membership.add(theirs, [foreign.pk])

    assert chips(client, foreign.pk).status_code == 404
    assert chips(client, foreign.pk, "post", collection=theirs.pk).status_code == 404
    assert chips(client, pictures[0].pk, "post", collection=theirs.pk).status_code == 404
    assert chips(Client(), pictures[0].pk).status_code == 302
    assert theirs.memberships.count() == 1
    assert "theirs" not in chips(client, pictures[0].pk).content.decode()

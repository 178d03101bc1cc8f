"""Making, editing, nesting, deleting and restoring collections."""

import re

import pytest
from django.http import Http404
from django.urls import reverse
from ourvidz.collections.models import Collection

from library.models import LibraryAsset
from ourvidz.collections import changes, membership, nesting
from ourvidz.errors import LimitError
from workspace.actions import _owned_collection

PAGE = "/collections/"
HTMX = {"HX-Request": "true"}


def make(owner, name="x", parent=None):
    return changes.create(owner, name=name, parent_id=parent and parent.pk)


def address(collection) -> str:
    return reverse("collections:collection", args=[collection.pk])


def names(owner) -> set[str]:
    return set(Collection.objects.owned_by(owner).kept().values_list("name", flat=True))


def test_the_form_makes_one_and_goes_there(client, creator, film):
    data = {"name": "  Act \n one ", "description": "At dawn.", "parent": film.pk}
    reply = client.post(PAGE, data, headers=HTMX)

    made = Collection.objects.get(parent=film)
    assert (made.name, made.description, made.owner) == ("Act one", "At dawn.", creator)
    assert reply.headers["HX-Redirect"] == address(made)
    assert client.post(PAGE, data).headers["Location"].startswith(PAGE)


@pytest.mark.parametrize("name", ["", "   ", "x" * 1000, "x" * 121, "a\0b"])
def test_a_name_that_cannot_be(client, film, name):
    for url in (PAGE, address(film)):
        reply = client.post(url, {"name": name}, headers=HTMX)
        assert reply.status_code == 422
        assert "errorlist" in reply.content.decode()
    assert names(film.owner) == {"Short film"}


@pytest.mark.parametrize("name", ["<b>&amp;", "\u202eevil", "🦄" * 120, "שלום", "'; drop table --"])
def test_a_name_that_is_strange_but_a_name(client, film, name):
    client.post(address(film), {"name": name})

    assert names(film.owner) == {name}


def test_a_description_has_its_limit(client, film):
    assert client.post(address(film), {"name": "a", "description": "x" * 2001}).status_code == 422


def test_a_collection_is_renamed_described_and_moved(client, creator, film):
    outer = make(creator, "outer")
    client.post(address(film), {"name": "Long film", "description": "b", "parent": outer.pk})

    film.refresh_from_db()
    assert (film.name, film.description, film.parent) == ("Long film", "b", outer)
    client.post(address(film), {"name": "Long film"})
    film.refresh_from_db()
    assert (film.description, film.parent) == ("", None)


def test_a_collection_cannot_lie_in_itself_or_below_itself(client, creator, film):
    inner = make(creator, "inner", film)
    innermost = make(creator, "innermost", inner)

    for parent in (film, inner, innermost):
        with pytest.raises(nesting.CannotNest, match="cannot lie in itself"):
            changes.edit(film, parent_id=parent.pk)
        assert client.post(address(film), {"name": "a", "parent": parent.pk}).status_code == 422
    page = client.get(address(film)).content.decode()
    edit = re.search(r'id="edit-collection".*?</section>', page, re.DOTALL)[0]
    assert "innermost" not in edit
    assert "innermost" in page


def test_nesting_has_an_end(creator):
    deepest = None
    for _ in range(nesting.DEEPEST):
        deepest = make(creator, parent=deepest)

    with pytest.raises(nesting.CannotNest, match="up to 20 levels"):
        make(creator, parent=deepest)
    outer = make(creator)
    top = Collection.objects.get(pk=nesting.Forest(creator).above(deepest.pk)[0].pk)
    with pytest.raises(nesting.CannotNest, match="up to 20 levels"):
        changes.edit(top, parent_id=outer.pk)
    changes.edit(deepest, parent_id=outer.pk)


def test_nobody_has_more_than_can_be_shown(client, creator, film, monkeypatch):
    monkeypatch.setattr(changes, "MOST_COLLECTIONS", 1)

    with pytest.raises(LimitError, match="which is the most"):
        make(creator)
    assert "which is the most" in client.post(PAGE, {"name": "a"}).content.decode()


def test_deleting_keeps_the_assets_and_can_be_undone(client, creator, film, pictures):
    inner = make(creator, "inner", film)
    reply = client.post(reverse("collections:deletion", args=[film.pk]), follow=True)

    assert names(creator) == set()
    assert LibraryAsset.objects.kept().count() == 3
    undo = reverse("collections:restoration", args=[film.pk])
    assert f'hx-post="{undo}"' in reply.content.decode()
    assert client.get(address(inner)).status_code == 404

    back = client.post(undo, headers=HTMX)

    assert back.headers["HX-Redirect"] == address(film)
    assert names(creator) == {"Short film", "inner"}
    assert film.memberships.count() == 3
    assert client.post(undo).status_code == 302


def test_a_restored_one_comes_back_at_the_top_where_its_place_is_gone(creator, film):
    inner = make(creator, "inner", film)
    changes.delete(inner)
    changes.delete(film)

    changes.restore(inner)

    inner.refresh_from_db()
    assert (inner.parent, names(creator)) == (None, {"inner"})
    changes.restore(film)
    assert names(creator) == {"inner", "Short film"}


def test_restoring_takes_along_only_what_went_by_the_same_deletion(creator, film):
    inner = make(creator, "inner", film)
    changes.delete(inner)
    changes.delete(film)

    changes.restore(film)

    assert names(creator) == {"Short film"}


def test_nothing_is_put_into_a_deleted_collection(creator, film, pictures):
    changes.delete(film)

    with pytest.raises(Http404):
        membership.add(film, [pictures[0].pk])
    with pytest.raises(Http404):
        _owned_collection(creator, film.pk)
    with pytest.raises(Http404):
        make(creator, parent=film)


def test_an_inner_one_brings_all_back_in_their_places(creator, film):
    inner = make(creator, "inner", film)
    innermost = make(creator, "innermost", inner)
    changes.delete(film)

    changes.restore(Collection.objects.get(pk=innermost.pk))

    places = Collection.objects.kept().values_list("name", "parent__name")
    assert set(places) == {("Short film", None), ("inner", "Short film"), ("innermost", "inner")}


def test_what_would_lie_too_deep_by_now_comes_back_at_the_top(creator, film, monkeypatch):
    monkeypatch.setattr(nesting, "DEEPEST", 3)
    inner = make(creator, "inner", film)
    innermost = make(creator, "innermost", inner)
    changes.delete(inner)
    changes.edit(film, parent_id=make(creator, "outer").pk)

    changes.restore(inner)

    places = dict(Collection.objects.kept().values_list("pk", "parent"))
    assert (places[inner.pk], places[innermost.pk]) == (None, inner.pk)


def test_more_than_can_be_shown_do_not_come_back(client, creator, film, monkeypatch):
    changes.delete(film)
    make(creator, "another")
    monkeypatch.setattr(changes, "MOST_COLLECTIONS", 1)

    with pytest.raises(LimitError):
        changes.restore(film)
    reply = client.post(reverse("collections:restoration", args=[film.pk]), follow=True)

    assert "which is the most" in reply.content.decode()
    assert names(creator) == {"another"}

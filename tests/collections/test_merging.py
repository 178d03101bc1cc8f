"""Two collections become one; the tree shows what lies in what."""

import uuid

import pytest
from django.urls import reverse
from ourvidz.collections.models import Collection

from ourvidz.collections import changes, membership, merging, nesting
from tests.collections.test_order import order
from tests.factories import make_library_asset


@pytest.fixture
def target(creator, pictures):
    """A collection with another picture and the second one of `film`."""
    made = changes.create(creator, name="target")
    membership.add(made, [make_library_asset(creator).pk, pictures[1].pk])
    return made


def post(client, source, target_id):
    return client.post(reverse("collections:merge", args=[source.pk]), {"target": target_id})


def test_everything_goes_over_once_and_in_order(client, film, pictures, target):
    inner = changes.create(film.owner, name="inner", parent_id=film.pk)
    own, shared = order(target)

    answer = post(client, film, target.pk)

    assert answer.headers["Location"] == reverse("collections:collection", args=[target.pk])
    assert order(target) == [own, shared, pictures[0].pk, pictures[2].pk]
    inner.refresh_from_db()
    film.refresh_from_db()
    assert inner.parent == target
    assert inner.deleted_at is None
    assert film.deleted_at is not None


def test_more_than_fit_one_statement(monkeypatch, film, pictures, target):
    monkeypatch.setattr(membership, "MOST_AT_ONCE", 2)

    merging.merge(film, target)

    assert len(order(target)) == 4


def test_not_into_itself_nor_into_what_lies_in_it(client, film, pictures):
    inner = changes.create(film.owner, name="inner", parent_id=film.pk)
    innermost = changes.create(film.owner, name="innermost", parent_id=inner.pk)

    for target in (film, inner, innermost):
        with pytest.raises(nesting.CannotNest):
            merging.merge(film, target)
        assert post(client, film, target.pk).status_code == 422
    assert Collection.objects.kept().count() == 3
    assert order(inner) == []


def test_too_deep_and_nothing_is_done(client, creator, film, pictures):
    changes.create(creator, name="inner", parent_id=film.pk)
    deepest = None
    for _ in range(nesting.DEEPEST):
        deepest = changes.create(creator, name="x", parent_id=deepest and deepest.pk)

    answer = post(client, film, deepest.pk)

    assert answer.status_code == 422
    assert "up to 20 levels" in answer.content.decode()
    assert order(deepest) == []


def test_another_persons_collection_is_like_one_that_is_not_there(client, film, stranger):
    theirs = changes.create(stranger, name="theirs")
    targets = (theirs.pk, uuid.uuid4(), "nonsense", "")
    answers = [post(client, film, target) for target in targets]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert post(client, theirs, film.pk).status_code == 404


def test_the_tree_shows_every_level(client, creator, film):
    inner = changes.create(creator, name="inner", parent_id=film.pk)
    changes.create(creator, name="<b>innermost", parent_id=inner.pk)

    page = client.get("/collections/").content.decode()
    tree = page[page.index('class="tree"') :]

    assert tree.index("Short film") < tree.index("inner") < tree.index("&lt;b&gt;innermost")
    assert tree.count("<ul>") == 3

"""One commit does what was chosen, says what stayed, and is undone as one."""

import uuid
from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from library import placing, trash
from library.models import LibraryAsset, Settled, Tag
from library.organising import commits
from library.organising.commits import GONE, Wanted, commit
from library.organising.done import Done
from library.organising.undoing import LEFT_TRASH
from ourvidz.errors import RequestError
from tests.factories import make_library_asset
from workspace.models import Action
from workspace.undo import undo


@pytest.fixture
def three(creator):
    return [make_library_asset(creator, rating=1) for _ in range(3)]


def kept() -> set:
    return set(LibraryAsset.objects.kept().values_list("pk", flat=True))


def test_collections_beyond_the_most_are_refused(creator, three, monkeypatch):
    monkeypatch.setattr(placing, "MOST_COLLECTIONS", 1)
    ids = [asset.pk for asset in three]
    wanted = Wanted(trash=ids[:1], collections=[("Harbour", ids), ("Sea", ids)])

    with pytest.raises(RequestError, match="the most"):
        commit(creator, "prompts", wanted)

    assert kept() == set(ids)
    assert not creator.collections.exists()


def test_everything_at_once_and_all_of_it_back(creator, three):
    one, two, other = three
    Tag.objects.create(owner=creator, name="Sea")
    wanted = Wanted(
        trash=[one.pk],
        ratings={two.pk: 5, other.pk: 1},
        favourites={two.pk: True, other.pk: False},
        tags={"sea": [two.pk, other.pk]},
        collections=[("Harbour", [two.pk, other.pk])],
        settled=["a-key"],
    )

    outcome = commit(creator, "prompts", wanted)

    assert outcome.failures == {}
    assert kept() == {two.pk, other.pk}
    two.refresh_from_db()
    assert (two.rating, two.favourite) == (5, True)
    assert outcome.done.ratings == {two.pk: (1, 5)}  # the other has it already
    assert outcome.done.favourites == {two.pk: True}
    assert [tag.name for tag in two.tags.all()] == ["Sea"]  # one tag in any case
    assert set(creator.collections.get().assets.all()) == {two, other}
    assert Settled.objects.get().key == "a-key"

    result = undo(creator, outcome.undo_id)

    assert all(item.ok for item in result.results)
    assert kept() == {asset.pk for asset in three}
    two.refresh_from_db()
    assert (two.rating, two.favourite, list(two.tags.all())) == (1, False, [])
    assert creator.collections.get().deleted_at is not None
    assert not Settled.objects.exists()


def test_what_is_gone_meanwhile_is_said_and_the_rest_done(creator, three):
    one, two, other = three
    trash.move_to_trash(LibraryAsset.objects.filter(pk=one.pk))

    outcome = commit(creator, "cull", Wanted(trash=[one.pk, two.pk], ratings={one.pk: 3}))

    assert outcome.failures == {one.pk: GONE}
    assert outcome.done.trashed == [two.pk]
    assert kept() == {other.pk}


@pytest.mark.parametrize("foreign", [True, False])
def test_one_foreign_or_unknown_id_and_nothing_is_done(creator, stranger, three, foreign):
    other = make_library_asset(stranger).pk if foreign else uuid.uuid4()

    with pytest.raises(Http404):
        commit(creator, "cull", Wanted(trash=[three[0].pk], ratings={other: 5}, settled=["key"]))

    assert len(kept()) == 3 + foreign
    assert not Settled.objects.exists()
    assert not Action.objects.exists()


def test_too_many_are_refused(creator, three, monkeypatch):
    monkeypatch.setattr(commits, "MOST_AT_ONCE", 2)

    with pytest.raises(RequestError):
        commit(creator, "cull", Wanted(trash=[asset.pk for asset in three]))

    assert len(kept()) == 3


def test_nothing_to_do_leaves_no_action(creator, three):
    outcome = commit(creator, "cull", Wanted(ratings={three[0].pk: 1}))

    assert outcome.undo_id is None
    assert not Action.objects.exists()


def test_undo_leaves_what_was_changed_since(creator, three):
    one, two, _ = three
    wanted = Wanted(trash=[two.pk], ratings={one.pk: 4}, collections=[("Harbour", [one.pk])])
    outcome = commit(creator, "prompts", wanted)
    LibraryAsset.objects.filter(pk=one.pk).update(rating=2)
    LibraryAsset.objects.filter(pk=two.pk).update(deleted_at=timezone.now() - timedelta(days=40))
    made = creator.collections.get()
    made.memberships.create(asset=three[2], position=7)

    errors = {item.asset_id: item.error for item in undo(creator, outcome.undo_id).results}

    one.refresh_from_db()
    made.refresh_from_db()
    assert one.rating == 2
    assert errors == {one.pk: "", two.pk: LEFT_TRASH}
    assert (made.deleted_at, list(made.assets.all())) == (None, [three[2]])


def test_what_is_kept_for_undo_reads_back(creator, three):
    one, two, other = (asset.pk for asset in three)
    done = Done([one], {two: (0, 5)}, {other: True}, {7: [one]}, {two: [other]}, [3])

    assert Done.of(done.to_json()) == done
    assert Done.of({}) == Done()
    assert done.assets == [one, two, other]

"""Batches over a selection, and the actions that reach beyond the library's own rows."""

import uuid
from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone
from ourvidz.collections.models import Collection

from library import publishing, trash
from library.background import Run, work_off
from library.bulk import files, filing, performing, starting
from library.bulk.models import Batch
from library.bulk.performing import perform_step
from library.models import LibraryAsset, PublicPage
from ourvidz.collections import membership
from ourvidz.errors import RequestError, StateError
from ourvidz.media.probe import MediaError
from tests.factories import make_library_asset
from tests.library.bulk.conftest import done
from workspace.models import WorkspaceAsset

pytestmark = pytest.mark.django_db


def of(creator, action: str, assets, **told) -> Batch:
    return starting.start(creator, action, asset_ids=[asset.pk for asset in assets], **told)


def order(shelf: Collection) -> list:
    rows = shelf.memberships.order_by("position")
    return list(rows.values_list("asset_id", flat=True))


@pytest.fixture
def assets(creator):
    return [make_library_asset(creator, stored=True) for _ in range(4)]


@pytest.fixture
def shelves(creator, assets) -> tuple[Collection, Collection]:
    """One with the first three in reverse, and one with the second of them."""
    one, other = (Collection.objects.create(owner=creator, name=name) for name in ("one", "other"))
    membership.add(one, [assets[number].pk for number in (2, 1, 0)])
    membership.add(other, [assets[1].pk])
    return one, other


def test_what_was_left_out_of_a_search_stays(creator, assets):
    batch = starting.start(creator, "favourite", except_ids=[assets[0].pk])
    assert batch.total == 3
    done(batch)
    kept = LibraryAsset.objects.filter(favourite=False).get()
    assert kept == assets[0]
    assert batch.what == "the whole library, but for 1"


def test_only_what_is_in_the_library_is_left_out(creator, stranger, assets):
    trash.move_to_trash(LibraryAsset.objects.filter(pk=assets[0].pk))
    foreign = make_library_asset(stranger)

    batch = starting.start(creator, "favourite", except_ids=[assets[0].pk, foreign.pk])

    assert batch.total == 3
    assert starting.start(creator, "restore").total == 1


def test_where_all_is_left_out_there_is_nothing_to_do(creator, assets):
    with pytest.raises(RequestError):
        starting.start(creator, "favourite", except_ids=[asset.pk for asset in assets])


def test_what_left_the_library_meanwhile_is_said(creator, assets):
    trash.move_to_trash(LibraryAsset.objects.filter(pk=assets[0].pk))
    batch = done(of(creator, "rate", assets, rating=2))
    assert (batch.status, batch.total, batch.changed, batch.left) == ("completed", 4, 3, 1)


def test_one_foreign_asset_and_nothing_is_begun(creator, stranger, assets):
    with pytest.raises(Http404):
        of(creator, "rate", [*assets, make_library_asset(stranger)], rating=2)
    assert not Batch.objects.exists()


def test_moved_from_one_collection_to_another_and_back(creator, assets, shelves):
    one, other = shelves
    before = order(one), order(other)
    batch = done(of(creator, "move", assets, collection_id=other.pk, from_id=one.pk))

    assert order(one) == []
    assert set(order(other)) == {asset.pk for asset in assets[:3]}
    assert (batch.changed, batch.failed) == (3, 1)
    assert batch.failures.get().reason == filing.NOT_IN_IT
    done(starting.undo(batch))
    assert (order(one), order(other)) == before


@pytest.mark.parametrize("name", ["collection_id", "from_id"])
def test_a_move_between_other_peoples_collections_is_not_there(
    creator, stranger, assets, shelves, name
):
    foreign = Collection.objects.create(owner=stranger, name="Foreign")
    told = {"collection_id": shelves[0].pk, "from_id": shelves[1].pk, name: foreign.pk}
    with pytest.raises(Http404):
        of(creator, "move", assets, **told)


def test_a_move_needs_two_collections(creator, assets, shelves):
    for told in ({"from_id": shelves[0].pk}, {"from_id": None}):
        with pytest.raises(RequestError):
            of(creator, "move", assets, collection_id=shelves[0].pk, **told)


def test_visibility_of_many_and_back_to_what_each_had(creator, assets):
    publishing.set_visibility(assets[0], "public")
    batch = done(of(creator, "visibility", assets, visibility="unlisted"))

    assert {row.visibility for row in creator.library_assets.all()} == {"unlisted"}
    assert (batch.changed, PublicPage.objects.count()) == (4, 4)
    done(starting.undo(batch))
    shown = dict(creator.library_assets.values_list("pk", "visibility"))
    assert shown == {asset.pk: "private" for asset in assets} | {assets[0].pk: "public"}
    assert PublicPage.objects.count() == 1


def test_a_file_that_cannot_be_read_stays_private_with_the_reason(creator, assets, monkeypatch):
    plain = publishing.set_visibility

    def set_visibility(asset, visibility):
        if asset.pk == assets[1].pk:
            raise MediaError("broken")
        plain(asset, visibility)

    monkeypatch.setattr(files.publishing, "set_visibility", set_visibility)
    batch = done(of(creator, "visibility", assets, visibility="public"))

    assert (batch.changed, batch.failed) == (3, 1)
    assert batch.failures.get().reason == publishing.UNREADABLE
    assert LibraryAsset.objects.get(visibility="private") == assets[1]


def test_cancelled_while_files_are_copied_what_is_done_can_be_undone(creator, assets, monkeypatch):
    monkeypatch.setattr(performing, "FILES_STEP", 2)
    batch = of(creator, "visibility", assets, visibility="public")
    plain = publishing.set_visibility

    def set_visibility(asset, visibility):
        plain(asset, visibility)
        Batch.objects.get(pk=batch.pk).request_cancel()

    monkeypatch.setattr(files.publishing, "set_visibility", set_visibility)
    batch = done(batch)
    monkeypatch.undo()

    assert (batch.status, batch.changed, batch.done) == (Run.Status.CANCELLED, 2, 2)
    done(starting.undo(batch))
    assert not LibraryAsset.objects.exclude(visibility="private").exists()


@pytest.mark.parametrize("then", ["goes on", "is cancelled"])
def test_what_was_shown_by_a_process_that_died_can_be_undone(creator, assets, monkeypatch, then):
    publishing.set_visibility(assets[0], "unlisted")
    batch = of(creator, "visibility", assets, visibility="public")
    plain, shown = publishing.set_visibility, []

    def set_visibility(asset, visibility):
        if len(shown) == 2:
            raise SystemExit
        shown.append(asset.pk)
        plain(asset, visibility)

    with monkeypatch.context() as patched:
        patched.setattr(files.publishing, "set_visibility", set_visibility)
        with pytest.raises(SystemExit):
            work_off(Batch, perform_step)
    Batch.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    if then == "is cancelled":
        Batch.objects.update(changed=1)  # of an earlier step
        batch.request_cancel()
    batch = done(batch)

    assert batch.changed == (4 if then == "goes on" else 1)
    undo = done(starting.undo(batch))
    assert undo.failed == 0
    now = dict(creator.library_assets.values_list("pk", "visibility"))
    assert now == {asset.pk: "private" for asset in assets} | {assets[0].pk: "unlisted"}


def test_copies_in_the_workspace_once_each(creator, assets):
    for _ in range(2):
        batch = done(of(creator, "copy", assets))
        assert (batch.status, batch.changed, batch.failed) == ("completed", 4, 0)
    assert WorkspaceAsset.objects.owned_by(creator).shown().count() == 4
    with pytest.raises(StateError):
        starting.undo(batch)
    assert not batch.may_undo


def test_a_copy_that_fails_says_why(creator, assets):
    LibraryAsset.objects.filter(pk=assets[2].pk).update(key="1/nowhere.png")
    batch = done(of(creator, "copy", assets))
    assert (batch.changed, batch.failed) == (3, 1)
    assert "could not be copied" in batch.failures.get().reason


@pytest.mark.parametrize("name", ["asset_ids", "except_ids"])
def test_too_many_ids_are_named(creator, assets, name):
    with pytest.raises(RequestError) as refused:
        starting.start(creator, "favourite", **{name: [uuid.uuid4() for _ in range(5001)]})
    assert name in refused.value.errors

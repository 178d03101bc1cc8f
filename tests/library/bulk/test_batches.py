"""What is done to all that match: in steps that survive a crash, with counts, cancel and undo."""

from datetime import timedelta

import pytest
from django.utils import timezone
from ourvidz.collections.models import Collection, Membership

from library import trash
from library.background import Run, work_off
from library.bulk import performing, starting
from library.bulk.models import Batch
from library.bulk.performing import perform_step
from library.models import LibraryAsset, Tag
from library.tagging import MOST_TAGS, set_tags
from ourvidz.collections import changes as collection_changes
from ourvidz.collections import membership
from ourvidz.errors import RequestError, StateError
from ourvidz.media import buckets
from tests.factories import make_library_asset
from tests.library.bulk.conftest import done

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def short_steps(monkeypatch):
    monkeypatch.setattr(performing, "STEP", 3)


def state(owner) -> list[tuple]:
    """All that a batch can change."""
    rows = LibraryAsset.objects.owned_by(owner).prefetch_related("tags").order_by("pk")
    of_assets = [
        (
            row.pk,
            row.favourite,
            row.rating,
            row.deleted_at is None,
            sorted(tag.name for tag in row.tags.all()),
        )
        for row in rows
    ]
    places = Membership.objects.filter(collection__owner=owner).order_by("collection", "position")
    return [of_assets, list(places.values_list("collection", "asset", "position"))]


@pytest.fixture
def shelf(creator, assets) -> Collection:
    """A collection of the first four, in another order."""
    shelf = Collection.objects.create(owner=creator, name="Shelf")
    membership.add(shelf, [assets[number].pk for number in (3, 0, 2, 1)])
    return shelf


ACTIONS = {
    "tag": {"tags": ["Sea", "new"]},
    "untag": {"tags": ["SEA"]},
    "favourite": {},
    "unfavourite": {},
    "rate": {"rating": 4},
    "add": {"collection": True},
    "remove": {"collection": True},
    "trash": {},
}


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_over_all_that_match_and_its_undo(creator, assets, shelf, action):
    given = dict(ACTIONS[action])
    if given.pop("collection", False):
        given["collection_id"] = shelf.pk
    for number in (1, 2, 3):
        set_tags(assets[number], ["sea", "old"])
        LibraryAsset.objects.filter(pk=assets[number].pk).update(favourite=True, rating=number)
    before = state(creator)
    hills = LibraryAsset.objects.owned_by(creator).matching("hill", creator)
    untouched = set(hills.values_list("pk", flat=True))

    batch = done(starting.start(creator, action, query="boat", **given))

    assert (batch.status, batch.error) == (Run.Status.COMPLETED, "")
    assert (batch.total, batch.done, batch.failed) == (4, 4, 0)
    assert batch.changed > 0
    after = state(creator)
    assert after != before
    assert [row for row in after[0] if row[0] in untouched] == [
        row for row in before[0] if row[0] in untouched
    ]
    undo = done(starting.undo(batch))
    assert (undo.status, undo.changed, undo.failed) == (Run.Status.COMPLETED, batch.changed, 0)
    assert state(creator) == before


def test_what_each_action_leaves(creator, assets, shelf):
    boats = LibraryAsset.objects.owned_by(creator).matching("boat", creator)
    for action, given in ACTIONS.items():
        there = {"collection_id": shelf.pk} if "collection" in given else given
        done(starting.start(creator, action, query="boat", **there))
        if action == "tag":
            assert boats.matching("tag:new", creator).count() == 4
        if action == "favourite":
            assert boats.filter(favourite=True).count() == 4
        if action == "add":
            order = shelf.memberships.values_list("asset_id", flat=True)
            assert list(order)[4:] == [assets[number].pk for number in (5, 7)]

    assert boats.filter(favourite=False, rating=4, deleted_at__isnull=False).count() == 4
    assert shelf.memberships.count() == 2
    assert set(Tag.objects.values_list("name", flat=True)) == {"new"}


def test_the_trash_comes_back_whole(creator, assets):
    LibraryAsset.objects.update(deleted_at=timezone.now() - timedelta(days=3))

    batch = done(starting.start(creator, "restore"))

    assert batch.changed == 8
    assert LibraryAsset.objects.kept().count() == 8
    done(starting.undo(batch))
    assert LibraryAsset.objects.restorable().count() == 8


def test_the_trash_is_emptied_of_rows_and_files(creator, django_capture_on_commit_callbacks):
    kept, gone, back = (make_library_asset(creator, stored=True) for _ in range(3))
    trash.move_to_trash(LibraryAsset.objects.filter(pk__in=[gone.pk, back.pk]))
    batch = starting.start(creator, "purge")
    trash.restore(LibraryAsset.objects.filter(pk=back.pk))

    with django_capture_on_commit_callbacks(execute=True):
        batch = done(batch)

    assert (batch.total, batch.changed, batch.failed, batch.left) == (2, 1, 0, 1)
    assert set(LibraryAsset.objects.all()) == {kept, back}
    assert set(buckets.each_key("user-library")) == {*kept.keys, *back.keys}
    assert not batch.may_undo
    with pytest.raises(StateError):
        starting.undo(batch)


def test_only_the_trash_can_be_emptied(creator, assets):
    with pytest.raises(RequestError, match="Nothing"):
        starting.start(creator, "purge", asset_ids=[assets[0].pk])
    assert LibraryAsset.objects.count() == 8


def test_a_batch_that_changes_what_it_looks_for_misses_none(creator, assets):
    for asset in assets:
        set_tags(asset, ["draft"])

    batch = done(starting.start(creator, "untag", query="tag:draft", tags=["draft"]))

    assert (batch.done, batch.changed) == (8, 8)


def test_what_arrives_meanwhile_is_left_alone(creator, assets, monkeypatch):
    batch = starting.start(creator, "favourite")
    step = performing.perform_step

    def and_another_arrives(run):
        step(run)
        if LibraryAsset.objects.count() == 8:
            make_library_asset(creator, original_prompt="late")

    work_off(Batch, and_another_arrives)

    batch.refresh_from_db()
    assert (batch.total, batch.changed) == (8, 8)
    assert LibraryAsset.objects.get(original_prompt="late").favourite is False


def test_failures_are_counted_and_named(client, creator, assets):
    names = [f"tag {number}" for number in range(MOST_TAGS)]
    set_tags(assets[2], names)
    set_tags(assets[4], [*names[1:], "sea"])

    batch = done(starting.start(creator, "tag", tags=["Sea", names[1]]))

    assert (batch.done, batch.changed, batch.failed) == (8, 6, 1)
    assert batch.same == 1
    failure = batch.failures.get()
    assert (failure.asset_id, failure.name) == (assets[2].pk, "a hill")
    assert "30 tags" in failure.reason
    told = client.get(f"/api/v1/library/batches/{batch.pk}").json()
    assert told["failures"] == [
        {"asset_id": str(assets[2].pk), "name": "a hill", "reason": failure.reason}
    ]


def test_cancelled_midway_and_taken_back(creator, assets):
    before = state(creator)
    batch = starting.start(creator, "rate", rating=5)

    def cancel_after_one(run):
        perform_step(run)
        batch.request_cancel()

    work_off(Batch, cancel_after_one)

    batch.refresh_from_db()
    assert (batch.status, batch.done, batch.changed, batch.left) == ("cancelled", 3, 3, 5)
    done(starting.undo(batch))
    assert state(creator) == before


def test_a_process_that_dies_in_a_step_has_not_done_it(creator, assets, monkeypatch):
    batch = starting.start(creator, "tag", tags=["sea"])
    count, steps = performing._count, []

    def die_in_the_second(*arguments, **options):
        steps.append(1)
        if len(steps) == 2:
            raise SystemExit
        count(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(performing, "_count", die_in_the_second)
        with pytest.raises(SystemExit):
            work_off(Batch, perform_step)
    assert LibraryAsset.objects.filter(tags__name="sea").count() == 3
    assert work_off(Batch, perform_step) == 0  # its lease still holds
    Batch.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))

    assert done(batch).changed == 8
    assert (batch.status, batch.done) == (Run.Status.COMPLETED, 8)
    assert LibraryAsset.objects.filter(tags__name="sea").count() == 8


def test_whoever_lost_the_lease_changes_nothing(creator, assets):
    batch = starting.start(creator, "favourite")

    def taken_over(run):
        Batch.objects.filter(pk=run.pk).update(fence=run.fence + 1)
        perform_step(run)

    work_off(Batch, taken_over)

    assert not LibraryAsset.objects.filter(favourite=True).exists()
    batch.refresh_from_db()
    assert (batch.done, batch.status) == (0, Run.Status.RUNNING)


def test_two_batches_take_turns(creator, stranger, assets):
    for _ in range(8):
        make_library_asset(stranger)
    starting.start(creator, "favourite")
    starting.start(stranger, "favourite")
    order: list[str] = []

    def note(run):
        order.append(run.owner.username)
        perform_step(run)

    work_off(Batch, note)

    assert order == ["creator", "stranger"] * 3


def test_what_others_changed_since_is_left(creator, assets, shelf):
    batch = done(starting.start(creator, "rate", rating=3))
    LibraryAsset.objects.filter(pk=assets[0].pk).update(rating=1)
    trash.purge(LibraryAsset.objects.filter(pk=assets[1].pk))

    undo = done(starting.undo(batch))

    assert (undo.changed, undo.failed) == (6, 2)
    assert LibraryAsset.objects.get(pk=assets[0].pk).rating == 1


def test_a_collection_deleted_meanwhile(creator, assets, shelf):
    batch = starting.start(creator, "add", collection_id=shelf.pk)
    collection_changes.delete(shelf)

    assert done(batch).status == Run.Status.FAILED
    assert "was deleted meanwhile" in batch.error


def test_a_step_costs_the_same_for_more_assets(creator, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(performing, "STEP", 100)
    for _ in range(60):
        make_library_asset(creator)
    starting.start(creator, "tag", tags=["sea", "sun"])

    with django_assert_max_num_queries(24):
        work_off(Batch, perform_step)
    assert LibraryAsset.objects.filter(tags__name="sun").count() == 60

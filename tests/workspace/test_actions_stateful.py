"""Whatever is done in whatever order: nothing that was to be kept is ever lost."""

from contextlib import contextmanager
from unittest import mock

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from generation.models import Job
from library.models import LibraryAsset
from library.trash import move_to_trash
from ourvidz.media import buckets
from ourvidz.media.bucket_errors import BucketError
from tests.factories import make_job, make_user, make_workspace_asset
from workspace.actions import perform
from workspace.models import Action, WorkspaceAsset
from workspace.undo import CannotUndo, undo

REMOVING = ("dismiss", "delete", "clear_workspace")
LAST = 3  # number of the last of the assets
some_of = st.sets(st.integers(0, LAST), min_size=1)


class WorkspaceLife(RuleBasedStateMachine):
    """Two jobs of two assets, their owner, and a store that fails at times.

    `kept` are the assets that were last removed by an action that promises to keep them;
    `past` has, for an action with nothing done after it, what was shown before.
    """

    def __init__(self) -> None:
        super().__init__()
        Job.objects.all().delete()
        LibraryAsset.objects.all().delete()
        self.owner = make_user()
        jobs = [make_job(self.owner, status="completed") for _ in range(2)]
        self.assets = [
            make_workspace_asset(job, index, stored=True) for job in jobs for index in range(2)
        ]
        self.kept: set = set()
        self.past: tuple | None = None
        self.undone: list = []

    def teardown(self) -> None:
        for bucket in ("workspace-temp", "user-library"):
            buckets.remove(bucket, list(buckets.each_key(bucket)))

    def shown(self) -> set:
        assets = WorkspaceAsset.objects.owned_by(self.owner).shown()
        return set(assets.values_list("pk", flat=True))

    def groups(self) -> set:
        jobs = Job.objects.owned_by(self.owner).in_workspace()
        return set(jobs.values_list("pk", flat=True))

    def library(self) -> set:
        copies = LibraryAsset.objects.owned_by(self.owner).kept()
        return set(copies.values_list("source_asset_id", flat=True))

    def seen(self) -> tuple:
        return self.shown(), self.groups(), self.library()

    def to_undo(self):
        return Action.objects.filter(owner=self.owner, undone_at=None)

    def ids(self, numbers) -> list:
        return [self.assets[number].pk for number in sorted(numbers)]

    @contextmanager
    def broken_for(self, numbers):
        keys, copy = {self.assets[number].key for number in numbers}, buckets.copy

        def copy_some(from_bucket, from_key, *to):
            if from_key in keys:
                raise BucketError("away")
            copy(from_bucket, from_key, *to)

        with mock.patch.object(buckets, "copy", copy_some):
            yield

    @rule(
        action=st.sampled_from(["save", *REMOVING]),
        numbers=some_of,
        broken=st.sets(st.integers(0, LAST), max_size=2),
    )
    def something_is_done(self, action, numbers, broken):
        before, in_library = self.seen(), self.library()
        ids = self.ids(numbers)
        with self.broken_for(broken):
            outcome = perform(self.owner, action, asset_ids=ids)
        removed = before[0] - self.shown()
        done = {result.asset_id for result in outcome.results if result.ok}
        failed = set(ids) - done
        assert [result.asset_id for result in outcome.results] == ids
        assert removed == (done & before[0] if action in REMOVING else set())
        assert not failed & in_library
        if action != "delete":
            assert failed <= set(self.ids(broken))
            assert done <= self.library()
        if action in ("dismiss", "clear_workspace"):
            self.kept |= removed
        self.past = (outcome.undo_id, before) if outcome.undo_id else None
        assert outcome.undo_id or before == self.seen()

    @precondition(lambda self: len(self.shown()) <= LAST)
    @rule(numbers=some_of)
    def some_are_restored(self, numbers):
        outcome = perform(self.owner, "restore", asset_ids=self.ids(numbers))
        assert all(result.ok for result in outcome.results)
        assert set(self.ids(numbers)) <= self.shown()
        self.past = None

    @precondition(lambda self: self.past)
    @rule()
    def the_last_action_is_undone(self):
        undo_id, before = self.past
        outcome = undo(self.owner, undo_id)
        assert all(result.ok for result in outcome.results) or self.shown() == before[0]
        assert self.seen()[:2] == before[:2]
        assert self.library() >= before[2]
        assert self.library() - before[2] <= set(self.ids(range(LAST + 1))) - self.shown()
        self.undone.append(undo_id)
        self.past = None

    @precondition(lambda self: self.to_undo())
    @rule(number=st.integers(0, 9))
    def an_older_action_is_undone(self, number):
        before, actions = self.shown(), list(self.to_undo().order_by("created_at"))
        action = actions[number % len(actions)]
        undo(self.owner, action.pk)
        assert before <= self.shown()
        self.undone.append(action.pk)
        self.past = None

    @precondition(lambda self: self.undone)
    @rule(data=st.data())
    def something_is_undone_again(self, data):
        before = self.seen()
        try:
            undo(self.owner, data.draw(st.sampled_from(self.undone)))
        except CannotUndo:
            assert self.seen() == before
        else:
            raise AssertionError("undone twice")

    @precondition(lambda self: self.shown() & self.library())
    @rule(number=st.integers(0, LAST))
    def a_shown_ones_copy_goes_to_the_trash(self, number):
        asset = self.assets[number]
        if asset.pk in self.shown():
            move_to_trash(LibraryAsset.objects.filter(source_asset_id=asset.pk))
            self.past = None

    @invariant()
    def what_was_dismissed_is_in_the_library_or_in_the_workspace(self):
        self.kept -= self.shown()
        assert self.kept <= self.library()

    @invariant()
    def a_group_is_shown_while_one_of_its_assets_is(self):
        shown = WorkspaceAsset.objects.filter(pk__in=self.shown())
        assert self.groups() == set(shown.values_list("job_id", flat=True))

    @invariant()
    def each_copy_is_one_and_has_its_files(self):
        copies = list(LibraryAsset.objects.owned_by(self.owner))
        assert len({copy.source_asset_id for copy in copies}) == len(copies)
        files = set(buckets.each_key("user-library"))
        assert {key for copy in copies for key in copy.keys} == files


def test_no_order_of_actions_loses_anything(db):
    run_state_machine_as_test(
        WorkspaceLife,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )

"""Whatever is done in whatever order: rows and files agree, and every count is exact."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from ourvidz.collections.models import Collection

from generation.models import Job
from library import trash
from library.background import work_off
from library.bulk import starting
from library.bulk.models import Batch
from library.bulk.performing import perform_step
from library.models import LibraryAsset, Upload
from library.transfer import housekeeping
from library.transfer.models import BUCKET
from ourvidz.collections import changes, membership
from ourvidz.media import buckets, reconciliation
from tests.factories import make_job, make_user, make_workspace_asset, picture_bytes
from tests.library.transfer.making import accepted, archive_of, imported, uploaded
from workspace import actions
from workspace.models import WorkspaceAsset

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES, STEPS = 12, 14
NUMBERS = st.integers(0, 7)


class Tidiness(RuleBasedStateMachine):
    """One owner's library, and beside it what a person would expect of it."""

    @initialize()
    def begin(self):
        self.owner = make_user()
        self.kept: set = set()
        self.trashed: set = set()
        self.shelves = [
            Collection.objects.create(owner=self.owner, name=name) for name in ("One", "Two")
        ]
        self.members: list[set] = [set(), set()]
        self.archive = b""
        self.archived: set = set()

    def some(self, pool, number):
        """By age: ids are random, and the same example must do the same each time."""
        rows = LibraryAsset.objects.filter(pk__in=pool).order_by("created_at")
        return rows.values_list("pk", flat=True)[number % len(pool)]

    @rule(number=NUMBERS)
    def save_from_the_workspace(self, number):
        job = make_job(self.owner, status=Job.Status.COMPLETED)
        staged = make_workspace_asset(job, number, stored=True, seed=number)
        for _ in range(2):  # twice is once
            outcome = actions.perform(self.owner, "save", asset_ids=[staged.pk])
        self.kept.add(outcome.results[0].library_asset_id)

    @rule(colour=NUMBERS)
    def upload(self, colour):
        self.kept.add(accepted(self.owner, picture_bytes(colour=colour)).asset_id)

    @rule()
    def upload_what_is_refused(self):
        assert accepted(self.owner, b"%PDF").error

    @rule()
    def upload_and_discard(self):
        uploaded(self.owner, picture_bytes()).delete()

    @precondition(lambda self: self.kept)
    @rule(number=NUMBERS)
    def delete(self, number):
        pk = self.some(self.kept, number)
        trash.move_to_trash(LibraryAsset.objects.filter(pk=pk))
        self.kept.remove(pk)
        self.trashed.add(pk)

    @precondition(lambda self: self.trashed)
    @rule(number=NUMBERS)
    def restore(self, number):
        pk = self.some(self.trashed, number)
        trash.restore(LibraryAsset.objects.filter(pk=pk))
        self.trashed.remove(pk)
        self.kept.add(pk)

    @precondition(lambda self: self.trashed)
    @rule()
    def purge(self):
        long_ago = timezone.now() - timedelta(days=60)
        LibraryAsset.objects.filter(pk__in=self.trashed).update(deleted_at=long_ago)
        trash.purge(LibraryAsset.objects.overdue().owned_by(self.owner))
        self.members = [members - self.trashed for members in self.members]
        self.trashed.clear()

    @precondition(lambda self: self.kept)
    @rule(number=NUMBERS, shelf=st.integers(0, 1))
    def file(self, number, shelf):
        pk = self.some(self.kept, number)
        membership.add(self.shelves[shelf], [pk])
        self.members[shelf].add(pk)

    @precondition(lambda self: self.members[0] & self.kept)
    @rule(number=NUMBERS)
    def move_to_the_other(self, number):
        pk = self.some(self.members[0] & self.kept, number)
        membership.add(self.shelves[1], [pk])
        membership.remove(self.shelves[0], [pk])
        self.members[0].remove(pk)
        self.members[1].add(pk)

    @rule()
    def nest_and_take_out(self):
        changes.edit(self.shelves[1], parent_id=self.shelves[0].pk)
        changes.edit(self.shelves[1], parent_id=None)

    @precondition(lambda self: self.kept)
    @rule()
    def change_all_and_take_it_back(self):
        batch = starting.start(self.owner, "trash")
        work_off(Batch, perform_step)
        batch.refresh_from_db()
        starting.undo(batch)
        work_off(Batch, perform_step)

    @precondition(lambda self: self.kept)
    @rule()
    def export(self):
        self.archive = archive_of(self.owner)
        self.archived = set(self.kept)

    @precondition(lambda self: self.archived)
    @rule()
    def import_again(self):
        """What was purged since comes back as another; what was deleted, as it was."""
        before = set(LibraryAsset.objects.owned_by(self.owner).values_list("pk", flat=True))
        run = imported(self.owner, self.archive)
        assert run.error == ""
        rows = LibraryAsset.objects.owned_by(self.owner)
        new = set(rows.values_list("pk", flat=True)) - before
        assert run.made == len(new)
        self.kept |= new | (self.trashed & set(rows.kept().values_list("pk", flat=True)))
        self.trashed -= self.kept
        self.members = [self.read_members(shelf) for shelf in self.shelves]
        self.archived = set()

    def read_members(self, shelf) -> set:
        return set(shelf.memberships.values_list("asset_id", flat=True))

    @invariant()
    def rows_are_as_expected(self):
        if not hasattr(self, "owner"):
            return
        rows = LibraryAsset.objects.owned_by(self.owner)
        assert set(rows.kept().values_list("pk", flat=True)) == self.kept
        assert set(rows.trashed().values_list("pk", flat=True)) == self.trashed

    @invariant()
    def counts_are_exact(self):
        if not hasattr(self, "owner"):
            return
        counted = {row.pk: row.size for row in Collection.objects.owned_by(self.owner).counted()}
        for shelf, members in zip(self.shelves, self.members, strict=True):
            assert counted[shelf.pk] == len(members & self.kept)
            assert self.read_members(shelf) == members

    @invariant()
    def nothing_is_lost_or_left(self):
        assert list(reconciliation.findings()) == []
        assert list(buckets.each_key(BUCKET)) == []
        assert not Upload.objects.filter(status=Upload.Status.RUNNING).exists()

    def teardown(self):
        if hasattr(self, "owner"):
            staged = WorkspaceAsset.objects.owned_by(self.owner)
            buckets.remove("workspace-temp", [key for asset in staged for key in asset.keys])
            self.owner.delete()
            assert list(buckets.each_key("user-library")) == []


def test_any_sequence_leaves_rows_and_files_in_agreement(monkeypatch):
    monkeypatch.setattr(reconciliation, "SETTLED", timedelta(days=-1))
    monkeypatch.setattr(housekeeping, "SETTLED", timedelta(days=-1))
    bounded = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    run_state_machine_as_test(Tidiness, settings=bounded)

"""Dismiss, delete, restore and clear: what leaves the workspace, and what never does."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from ourvidz.collections.models import Collection

from generation.models import Job
from generation.requests import RequestError
from library.models import LibraryAsset
from ourvidz.media import buckets
from ourvidz.media.bucket_errors import BucketError
from tests.factories import make_job, make_workspace_asset
from tests.workspace.staging import groups, in_library, shown
from workspace import actions
from workspace.actions import TOO_LATE, perform
from workspace.models import Action, WorkspaceAsset
from workspace.saving import NOT_COPIED
from workspace.visibility import FILE_GONE

Status = Job.Status


@pytest.fixture
def announced(monkeypatch):
    """The jobs that open pages were told of, in order."""
    told = []
    monkeypatch.setattr("workspace.visibility.announce", lambda *news: told.append(news))
    return told


def do(action, *assets, jobs=(), **words):
    owner = [*assets, *jobs][0].owner
    ids = {"asset_ids": [asset.pk for asset in assets], "job_ids": [job.pk for job in jobs]}
    return perform(owner, action, **ids, **words)


def breaks(monkeypatch, *broken):
    """The store cannot copy these assets."""
    copy, keys = buckets.copy, {asset.key for asset in broken}

    def copy_some(from_bucket, from_key, *to):
        if from_key in keys:
            raise BucketError("away")
        copy(from_bucket, from_key, *to)

    monkeypatch.setattr(buckets, "copy", copy_some)


class TestDismiss:
    def test_saves_first_and_takes_out(self, assets):
        outcome = do("dismiss", assets[0])
        assert shown() == set(assets[1:])
        assert in_library() == {assets[0].pk}
        assert outcome.results[0].library_asset_id == LibraryAsset.objects.get().pk
        assert outcome.undo_id == Action.objects.get().pk

    def test_takes_the_group_away_with_its_last_asset(self, assets, job):
        do("dismiss", *assets[:2])
        assert groups() == [job]
        do("dismiss", assets[2])
        assert groups() == []

    def test_keeps_what_could_not_be_saved(self, assets, job, monkeypatch):
        breaks(monkeypatch, assets[1])
        outcome = do("dismiss", jobs=[job])
        assert [result.error for result in outcome.results] == ["", NOT_COPIED, ""]
        assert shown() == {assets[1]}
        assert groups() == [job]

    def test_of_a_saved_asset_makes_no_second_copy(self, assets):
        do("save", assets[0])
        do("dismiss", assets[0])
        assert LibraryAsset.objects.count() == 1
        assert len(set(buckets.each_key("user-library"))) == 2

    def test_twice_changes_nothing(self, assets):
        do("dismiss", assets[0])
        again = do("dismiss", assets[0])
        assert again.results[0].ok
        assert again.undo_id is None
        assert LibraryAsset.objects.count() == 1

    def test_leaves_the_files_for_undo(self, assets):
        do("dismiss", *assets)
        assert all(buckets.exists("workspace-temp", asset.key) for asset in assets)


class TestDelete:
    def test_takes_out_without_saving(self, assets, job):
        outcome = do("delete", *assets)
        assert [result.ok for result in outcome.results] == [True] * 3
        assert shown() == set()
        assert groups() == []
        assert in_library() == set()

    def test_leaves_a_copy_that_was_saved(self, assets):
        do("save", assets[0])
        do("delete", assets[0])
        assert in_library() == {assets[0].pk}

    def test_twice_changes_nothing(self, assets):
        do("delete", assets[0])
        removed_at = WorkspaceAsset.objects.get(pk=assets[0].pk).removed_at
        assert do("delete", assets[0]).undo_id is None
        assert WorkspaceAsset.objects.get(pk=assets[0].pk).removed_at == removed_at


class TestAWholeJob:
    def test_means_all_that_it_shows(self, assets, job):
        do("delete", assets[0])
        outcome = do("dismiss", jobs=[job])
        assert [result.asset_id for result in outcome.results] == [a.pk for a in assets[1:]]
        assert in_library() == {assets[1].pk, assets[2].pk}
        assert groups() == []

    @pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED])
    @pytest.mark.parametrize("action", ["dismiss", "delete", "clear_workspace"])
    def test_that_made_nothing_leaves_too(self, creator, status, action):
        job = make_job(creator, status=status)
        outcome = do(action, jobs=[job])
        assert groups() == []
        assert outcome.results == []
        assert outcome.undo_id is not None

    @pytest.mark.parametrize("status", [Status.QUEUED, Status.RUNNING])
    @pytest.mark.parametrize("action", ["dismiss", "delete"])
    def test_that_is_not_done_is_cancelled_first(self, creator, status, action):
        job = make_job(creator, status=status)
        asset = make_workspace_asset(job, stored=True)
        do(action, jobs=[job])
        job.refresh_from_db()
        assert job.status == Status.CANCELLED
        assert groups() == []
        assert in_library() == ({asset.pk} if action == "dismiss" else set())

    def test_that_is_not_done_stays_when_only_its_asset_goes(self, creator):
        job = make_job(creator, status=Status.RUNNING)
        do("delete", make_workspace_asset(job))
        job.refresh_from_db()
        assert job.status == Status.RUNNING
        assert groups() == [job]

    def test_can_be_saved_at_once(self, assets, job):
        do("save", jobs=[job])
        assert in_library() == {asset.pk for asset in assets}
        assert shown() == set(assets)


class TestClear:
    def test_keeps_everything_in_the_library(self, assets, creator):
        other = make_workspace_asset(make_job(creator, status=Status.COMPLETED), stored=True)
        make_job(creator, status=Status.FAILED)
        outcome = perform(creator, "clear_workspace")
        assert len(outcome.results) == 4
        assert in_library() == {asset.pk for asset in [*assets, other]}
        assert (shown(), groups()) == (set(), [])

    def test_leaves_jobs_that_are_not_done(self, creator):
        running = make_job(creator, status=Status.RUNNING)
        make_workspace_asset(running, stored=True)
        perform(creator, "clear_workspace")
        running.refresh_from_db()
        assert running.status == Status.RUNNING
        assert groups() == [running]

    def test_leaves_what_could_not_be_saved_and_says_so(self, assets, creator, job, monkeypatch):
        breaks(monkeypatch, assets[2])
        outcome = perform(creator, "clear_workspace")
        assert [result.ok for result in outcome.results] == [True, True, False]
        assert shown() == {assets[2]}
        assert groups() == [job]

    def test_leaves_what_arrives_meanwhile(self, assets, creator, job, monkeypatch):
        arrived, copy = [], buckets.copy

        def copy_while_more_arrives(*keys):
            copy(*keys)
            if not arrived:
                arrived.append(make_workspace_asset(job, 3, stored=True))

        monkeypatch.setattr(actions, "AT_ONCE", 1)
        monkeypatch.setattr("workspace.saving.in_parallel", lambda call, items: [*map(call, items)])
        monkeypatch.setattr(buckets, "copy", copy_while_more_arrives)
        perform(creator, "clear_workspace")
        assert shown() == set(arrived)
        assert groups() == [job]

    def test_with_ids_takes_exactly_those(self, assets, creator, job):
        do("clear_workspace", *assets[:2], jobs=[job])
        assert shown() == {assets[2]}

    def test_of_nothing_does_nothing(self, creator):
        outcome = perform(creator, "clear_workspace")
        assert (outcome.results, outcome.undo_id) == ([], None)

    def test_leaves_what_others_have(self, assets, stranger, creator):
        theirs = make_workspace_asset(make_job(stranger, status=Status.COMPLETED), stored=True)
        perform(creator, "clear_workspace")
        assert shown() == {theirs}

    def test_goes_in_several_transactions_with_one_undo(self, creator, monkeypatch):
        monkeypatch.setattr(actions, "AT_ONCE", 2)
        for _ in range(3):
            job = make_job(creator, status=Status.COMPLETED)
            for index in range(3):
                make_workspace_asset(job, index, stored=True)
        outcome = perform(creator, "clear_workspace")
        assert (len(outcome.results), groups()) == (9, [])
        assert Action.objects.get().pk == outcome.undo_id
        assert len(Action.objects.get().changes["removed"]) == 9


class TestRestore:
    def test_shows_again_what_was_deleted_with_its_group(self, assets, job):
        do("delete", *assets)
        outcome = do("restore", assets[1])
        assert outcome.results[0].ok
        assert (shown(), groups()) == ({assets[1]}, [job])

    def test_of_a_job_brings_back_all_that_can(self, assets, job):
        do("delete", *assets)
        do("restore", jobs=[job])
        assert (shown(), groups()) == (set(assets), [job])

    def test_of_a_failed_job_brings_back_its_group(self, creator):
        job = make_job(creator, status=Status.FAILED)
        do("delete", jobs=[job])
        do("restore", jobs=[job])
        assert groups() == [job]

    def test_leaves_the_copy_of_a_dismissed_one_in_the_library(self, assets):
        do("dismiss", assets[0])
        do("restore", assets[0])
        assert in_library() == {assets[0].pk}

    def test_of_what_is_shown_is_fine(self, assets):
        assert do("restore", assets[0]).results[0].ok

    def test_is_too_late_when_the_files_may_be_going(self, assets, job):
        long_ago = timezone.now() - timedelta(days=1)
        WorkspaceAsset.objects.update(removed_at=long_ago)
        assert [r.error for r in do("restore", *assets).results] == [TOO_LATE] * 3
        assert shown() == set()

    def test_says_which_file_is_gone(self, assets):
        do("delete", *assets)
        buckets.remove("workspace-temp", [assets[0].key])
        outcome = do("restore", *assets)
        assert [result.error for result in outcome.results] == [FILE_GONE, "", ""]
        assert shown() == set(assets[1:])


class TestPagesAreTold:
    @pytest.mark.parametrize("action", ["dismiss", "delete", "clear_workspace"])
    def test_once_for_each_job(self, assets, job, creator, announced, action):
        other = make_workspace_asset(make_job(creator, status=Status.COMPLETED), stored=True)
        do(action, assets[0], other, *assets[1:])
        assert sorted(announced) == sorted(
            (creator.pk, "job.changed", pk) for pk in (job.pk, other.job_id)
        )
        assert set(Job.objects.values_list("version", flat=True)) == {job.version + 1}

    def test_once_also_over_several_transactions(self, assets, creator, announced, monkeypatch):
        monkeypatch.setattr(actions, "AT_ONCE", 2)
        do("delete", *assets)
        assert len(announced) == 1

    def test_not_when_nothing_changed(self, assets, announced):
        do("restore", *assets)
        assert announced == []


class TestNothingIsDone:
    @pytest.fixture(params=["foreign", "unknown"])
    def other(self, request, stranger):
        job = make_job(stranger, status=Status.COMPLETED)
        asset = make_workspace_asset(job, stored=True)
        collection = Collection.objects.create(owner=stranger, name="Theirs")
        if request.param == "foreign":
            return {"asset": asset.pk, "job": job.pk, "collection": collection.pk}
        return {name: uuid.uuid4() for name in ("asset", "job", "collection")}

    @pytest.fixture(autouse=True)
    def unchanged(self, assets, other, creator):
        waiting = make_job(creator)
        yield
        waiting.refresh_from_db()
        assert waiting.status == Status.QUEUED
        assert not WorkspaceAsset.objects.exclude(removed_at=None).exists()
        assert not LibraryAsset.objects.exists()
        assert not Action.objects.exists()

    @pytest.mark.parametrize("action", actions.ACTIONS)
    def test_when_one_asset_is_not_the_owners(self, creator, assets, other, action):
        mine = [job.pk for job in groups() if job.owner_id == creator.pk]
        with pytest.raises(Http404):
            perform(creator, action, asset_ids=[assets[0].pk, other["asset"]], job_ids=mine)

    @pytest.mark.parametrize("action", actions.ACTIONS)
    def test_when_one_job_is_not_the_owners(self, creator, assets, other, action):
        mine = [job.pk for job in groups() if job.owner_id == creator.pk]
        with pytest.raises(Http404):
            perform(creator, action, job_ids=[*mine, other["job"]])

    def test_when_the_collection_is_not_the_owners(self, creator, assets, other):
        with pytest.raises(Http404):
            perform(creator, "dismiss", asset_ids=[assets[0].pk], collection_id=other["collection"])

    @pytest.mark.parametrize(
        ("action", "number", "field"),
        [("burn", 1, "action"), ("save", 0, "asset_ids"), ("delete", 501, "asset_ids")],
    )
    def test_when_a_field_is_wrong(self, creator, action, number, field):
        with pytest.raises(RequestError) as refused:
            perform(creator, action, asset_ids=[uuid.uuid4() for _ in range(number)])
        assert list(refused.value.errors) == [field]


@pytest.mark.parametrize("action", ["save", "dismiss", "delete", "clear_workspace", "restore"])
def test_the_number_of_queries_is_the_same_for_5_and_200_assets(creator, action, monkeypatch):
    def queries_for(number: int) -> int:
        assets = []
        for _ in range(number // 5):
            job = make_job(creator, status=Status.COMPLETED, count=5)
            assets += [make_workspace_asset(job, index) for index in range(5)]
        if action == "restore":
            do("delete", *assets)
        with CaptureQueriesContext(connection) as queries:
            outcome = do(action, *assets)
        assert all(result.ok for result in outcome.results)
        # SQLite takes 999 values a statement, so the rows of many copies are several inserts.
        inserts = [q for q in queries if q["sql"].startswith('INSERT INTO "library_')]
        return len(queries) - len(inserts)

    monkeypatch.setattr(buckets, "copy", lambda *keys: None)
    monkeypatch.setattr(buckets, "exists", lambda *keys: True)
    assert queries_for(5) == queries_for(200) <= 16

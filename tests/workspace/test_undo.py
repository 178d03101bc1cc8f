"""Undo: exactly what one action did, once."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from ourvidz.collections.models import Collection

from generation.models import Job
from library.models import LibraryAsset, Tag
from library.trash import move_to_trash
from ourvidz.media import buckets
from ourvidz.media.bucket_errors import BucketError
from tests.factories import make_job, make_library_asset, make_workspace_asset
from tests.workspace.staging import groups, in_library, shown
from workspace import actions
from workspace.actions import perform
from workspace.models import Action, WorkspaceAsset
from workspace.undo import (
    ALREADY_UNDONE,
    LEFT_TRASH,
    REMOVED_SINCE,
    STAYS_IN_LIBRARY,
    TOO_LATE,
    CannotUndo,
    undo,
)
from workspace.visibility import FILE_GONE

Status = Job.Status


def do(action, *assets, jobs=(), **words) -> uuid.UUID:
    owner = [*assets, *jobs][0].owner
    ids = {"asset_ids": [asset.pk for asset in assets], "job_ids": [job.pk for job in jobs]}
    undo_id = perform(owner, action, **ids, **words).undo_id
    assert undo_id is not None
    return undo_id


class TestWhatComesBack:
    @pytest.mark.parametrize("action", ["dismiss", "delete", "clear_workspace"])
    def test_every_asset_and_its_group(self, creator, assets, job, action):
        outcome = undo(creator, do(action, *assets))
        assert [result.ok for result in outcome.results] == [True] * 3
        assert (shown(), groups()) == (set(assets), [job])

    @pytest.mark.parametrize("action", ["save", "dismiss", "clear_workspace"])
    def test_copies_that_it_made_go_to_the_trash(self, creator, assets, action):
        undo(creator, do(action, *assets))
        assert in_library() == set()
        assert LibraryAsset.objects.trashed().count() == 3

    def test_an_asset_also_while_the_store_is_away(self, creator, assets, monkeypatch):
        def fail(*key):
            raise BucketError("away")

        undo_id = do("delete", *assets)
        monkeypatch.setattr(buckets, "exists", fail)
        assert all(result.ok for result in undo(creator, undo_id).results)
        assert WorkspaceAsset.objects.shown().count() == 3

    def test_a_copy_that_was_there_before_stays(self, creator, assets):
        do("save", assets[0])
        undo(creator, do("dismiss", *assets))
        assert in_library() == {assets[0].pk}

    def test_a_copy_that_it_took_out_of_the_trash_goes_back(self, creator, assets):
        do("save", assets[0])
        move_to_trash(LibraryAsset.objects.all())
        undo(creator, do("save", assets[0]))
        assert in_library() == set()

    def test_a_failed_job_without_assets(self, creator):
        job = make_job(creator, status=Status.FAILED)
        outcome = undo(creator, do("delete", jobs=[job]))
        assert outcome.results == []
        assert groups() == [job]

    def test_a_cancelled_job_comes_back_as_cancelled(self, creator):
        job = make_job(creator)
        undo(creator, do("dismiss", jobs=[job]))
        job.refresh_from_db()
        assert (job.status, groups()) == (Status.CANCELLED, [job])

    def test_only_what_the_action_itself_removed(self, creator, assets):
        do("delete", assets[0])
        undo(creator, do("clear_workspace", *assets[1:]))
        assert shown() == set(assets[1:])

    def test_only_the_tags_and_the_place_that_it_gave(self, creator, assets):
        collection = Collection.objects.create(owner=creator, name="Boats")
        do("save", assets[0], tags=["sea"])
        undo_id = do("save", *assets[:2], tags=["sea", "sky"], collection_id=collection.pk)
        undo(creator, undo_id)
        copies = LibraryAsset.objects.in_bulk(field_name="source_asset_id")
        assert [tag.name for tag in copies[assets[0].pk].tags.all()] == ["sea"]
        assert not copies[assets[1].pk].tags.exists()
        assert not collection.assets.exists()
        assert [tag.name for tag in Tag.objects.all()] == ["sea"]

    def test_everything_over_several_transactions(self, creator, assets, monkeypatch):
        monkeypatch.setattr(actions, "AT_ONCE", 1)
        other = make_workspace_asset(make_job(creator, status=Status.COMPLETED), stored=True)
        undo(creator, do("dismiss", *assets, other, tags=["sea"]))
        assert shown() == {*assets, other}
        assert in_library() == set()
        assert not LibraryAsset.objects.filter(tags__name="sea").exists()

    def test_what_went_from_the_library_to_the_trash(self, creator):
        kept = make_library_asset(creator)
        gone = uuid.uuid4()
        move_to_trash(LibraryAsset.objects.all())
        changes = {"trashed": [str(kept.pk), str(gone)]}
        action = Action.objects.create(owner=creator, kind="trash", changes=changes)
        outcome = undo(creator, action.pk)
        assert [result.error for result in outcome.results] == ["", LEFT_TRASH]
        assert LibraryAsset.objects.kept().get() == kept

    def test_pages_are_told_once(self, creator, assets, job):
        undo_id = do("dismiss", *assets)
        version = Job.objects.get().version
        undo(creator, undo_id)
        assert Job.objects.get().version == version + 1


class TestWhatHappenedSince:
    def test_an_asset_that_was_removed_again_stays_out(self, creator, assets):
        first = do("dismiss", *assets)
        perform(creator, "restore", asset_ids=[assets[0].pk])
        do("delete", assets[0])
        outcome = undo(creator, first)
        assert [result.error for result in outcome.results] == [REMOVED_SINCE, "", ""]
        assert shown() == set(assets[1:])

    def test_the_library_keeps_the_copy_of_what_was_dismissed(self, creator, assets):
        saving = do("save", *assets)
        do("dismiss", assets[0])
        outcome = undo(creator, saving)
        errors = {result.asset_id: result.error for result in outcome.results}
        assert errors == {
            assets[0].pk: STAYS_IN_LIBRARY,
            assets[1].pk: "",
            assets[2].pk: "",
        }
        assert in_library() == {assets[0].pk}

    def test_an_asset_that_expired_stays_out_and_its_copy_in_the_library(self, creator, assets):
        undo_id = do("dismiss", *assets)
        expired = timezone.now() - timedelta(seconds=1)
        WorkspaceAsset.objects.filter(pk=assets[0].pk).update(expires_at=expired)
        outcome = undo(creator, undo_id)
        assert [result.error for result in outcome.results] == [REMOVED_SINCE, "", ""]
        assert in_library() == {assets[0].pk}

    def test_an_asset_without_its_file_stays_out_and_its_copy_in_the_library(
        self, creator, assets, job
    ):
        undo_id = do("dismiss", assets[0], jobs=[job])
        buckets.remove("workspace-temp", [asset.key for asset in assets])
        outcome = undo(creator, undo_id)
        assert {result.error for result in outcome.results} == {FILE_GONE}
        assert (shown(), groups()) == (set(), [])
        assert in_library() == {asset.pk for asset in assets}

    def test_an_asset_that_is_purged_is_named(self, creator, assets):
        undo_id = do("delete", assets[0])
        WorkspaceAsset.objects.filter(pk=assets[0].pk).delete()
        [result] = undo(creator, undo_id).results
        assert (result.asset_id, result.error) == (assets[0].pk, REMOVED_SINCE)

    def test_actions_can_be_undone_in_any_order(self, creator, assets, job):
        one, two, three = (do("delete", asset) for asset in assets)
        undo(creator, one)
        assert (shown(), groups()) == ({assets[0]}, [job])
        undo(creator, three)
        undo(creator, two)
        assert (shown(), groups()) == (set(assets), [job])


class TestRefused:
    def test_twice(self, creator, assets):
        undo_id = do("delete", assets[0])
        undo(creator, undo_id)
        do("delete", assets[0])
        with pytest.raises(CannotUndo, match=ALREADY_UNDONE):
            undo(creator, undo_id)
        assert assets[0] not in shown()

    def test_too_late(self, creator, assets):
        undo_id = do("delete", assets[0])
        Action.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        with pytest.raises(CannotUndo, match=TOO_LATE):
            undo(creator, undo_id)
        assert assets[0] not in shown()
        assert Action.objects.get().undone_at is None

    def test_what_a_stranger_did_as_what_nobody_did(self, stranger, assets):
        for undo_id in (do("delete", assets[0]), uuid.uuid4()):
            with pytest.raises(Http404):
                undo(stranger, undo_id)
        assert assets[0] not in shown()

    @pytest.mark.django_db(transaction=True)
    def test_the_second_of_two_at_the_same_time(self, creator, assets, monkeypatch):
        undo_id, answers = do("dismiss", *assets), []
        both_read = threading.Barrier(2, timeout=10)

        def meet(checked):
            both_read.wait()
            return set()

        def run():
            try:
                answers.append(undo(creator, undo_id))
            except CannotUndo as refused:
                answers.append(str(refused))
            finally:
                connection.close()

        monkeypatch.setattr("workspace.undo.without_files", meet)
        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert answers.count(ALREADY_UNDONE) == 1
        assert len(answers) == 2
        assert shown() == set(assets)


def test_the_window_begins_with_the_action(creator, assets, settings):
    do("delete", assets[0])
    action = Action.objects.get()
    removed_at = WorkspaceAsset.objects.get(pk=assets[0].pk).removed_at
    assert action.expires_at == removed_at + timedelta(minutes=settings.UNDO_MINUTES)


@pytest.mark.parametrize("action", ["save", "dismiss", "delete", "clear_workspace"])
def test_the_number_of_queries_is_the_same_for_5_and_200_assets(creator, action, monkeypatch):
    def queries_for(number: int) -> int:
        assets = []
        for _ in range(number // 5):
            job = make_job(creator, status=Status.COMPLETED, count=5)
            assets += [make_workspace_asset(job, index) for index in range(5)]
        undo_id = do(action, *assets)
        with CaptureQueriesContext(connection) as queries:
            outcome = undo(creator, undo_id)
        assert [result.ok for result in outcome.results] == [True] * number
        return len(queries)

    monkeypatch.setattr(buckets, "copy", lambda *keys: None)
    monkeypatch.setattr(buckets, "exists", lambda *keys: True)
    assert queries_for(5) == queries_for(200) <= 20

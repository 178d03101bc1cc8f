"""Saving: copies in the library, once, with everything that is known about them."""

import threading

import pytest
from django.db import connection
from ourvidz.collections.models import Collection

from generation.models import Job
from generation.requests import RequestError
from library.models import LibraryAsset
from library.trash import PURGED, move_to_trash
from ourvidz.media import buckets
from ourvidz.media.bucket_errors import BucketError
from tests.factories import make_job, make_workspace_asset
from workspace import bucket_calls, expiry
from workspace.actions import perform
from workspace.models import Action, WorkspaceAsset
from workspace.saving import FILE_GONE, LEAVING_TRASH, NOT_COPIED
from workspace.undo import undo


@pytest.fixture
def job(creator):
    return make_job(
        creator,
        status=Job.Status.COMPLETED,
        enhanced_prompt="a fine boat at dawn",
        negative_prompt="blurry",
        backend="preview",
    )


@pytest.fixture
def asset(job):
    return make_workspace_asset(job, 1, stored=True)


def save(asset, **words):
    [result] = perform(asset.owner, "save", asset_ids=[asset.pk], **words).results
    return result


def kept() -> set[str]:
    return set(buckets.each_key("user-library"))


def failing(monkeypatch, error, when=lambda key: True):
    """Let the copying of keys fail."""
    copy = buckets.copy

    def fail(from_bucket, from_key, *to):
        if when(from_key):
            raise error
        copy(from_bucket, from_key, *to)

    monkeypatch.setattr(buckets, "copy", fail)


class TestASavedAsset:
    def test_has_its_files_in_the_library_under_its_own_keys(self, asset):
        result = save(asset)
        copy = LibraryAsset.objects.get()
        stem = f"{asset.owner_id}/{copy.pk}"
        assert (result.ok, result.library_asset_id) == (True, copy.pk)
        assert kept() == {f"{stem}.png", f"{stem}.thumb.webp"} == set(copy.keys)
        with buckets.open_file("user-library", copy.key) as file:
            original = buckets.open_file("workspace-temp", asset.key)
            assert file.read() == original.read()
            original.close()

    def test_keeps_how_it_was_made(self, asset, job):
        save(asset, title="Morning")
        copy = LibraryAsset.objects.get()
        assert (copy.source_asset_id, copy.job_id, copy.index) == (asset.pk, job.pk, 1)
        assert (copy.original_prompt, copy.enhanced_prompt) == (
            "a boat at dawn",
            "a fine boat at dawn",
        )
        assert (copy.composed_prompt, copy.negative_prompt) == (asset.prompt, "blurry")
        assert (copy.seed, copy.model, copy.quality) == (43, "sdxl", "fast")
        assert (copy.lane, copy.backend, copy.settings) == ("sdxl", "preview", job.settings)
        assert (copy.made_at, copy.title) == (asset.created_at, "Morning")
        assert (copy.width, copy.height, copy.sha256) == (64, 36, asset.sha256)

    def test_stays_in_the_workspace(self, asset):
        save(asset)
        assert WorkspaceAsset.objects.shown().with_saved().get().saved

    def test_may_be_a_clip_with_its_poster(self, creator):
        job = make_job(creator, job_type="video_fast", status=Job.Status.COMPLETED)
        clip = make_workspace_asset(job, stored=True)
        save(clip)
        copy = LibraryAsset.objects.get()
        assert copy.poster_key == f"{creator.pk}/{copy.pk}.poster.webp"
        assert kept() == set(copy.keys)
        assert copy.duration_seconds == clip.duration_seconds

    def test_takes_tags_and_a_place_in_a_collection(self, asset, creator):
        collection = Collection.objects.create(owner=creator, name="Boats")
        save(asset, tags=["sea", " sea ", "", "dawn"], collection_id=collection.pk)
        copy = LibraryAsset.objects.get()
        assert [tag.name for tag in copy.tags.all()] == ["dawn", "sea"]
        assert list(collection.assets.all()) == [copy]

    def test_tells_the_pages_once(self, job):
        assets = [make_workspace_asset(job, index, stored=True) for index in range(3)]
        perform(job.owner, "save", asset_ids=[asset.pk for asset in assets])
        assert Job.objects.get().version == job.version + 1


class TestSavingTwice:
    def test_is_one(self, asset):
        assert save(asset) == save(asset)
        assert LibraryAsset.objects.count() == 1
        assert len(kept()) == 2

    def test_leaves_nothing_to_undo_and_nothing_to_tell(self, asset):
        save(asset)
        version = Job.objects.get().version
        assert perform(asset.owner, "save", asset_ids=[asset.pk]).undo_id is None
        assert Job.objects.get().version == version
        assert Action.objects.count() == 1

    def test_can_put_on_more_tags(self, asset):
        save(asset, tags=["sea"], title="First")
        outcome = perform(
            asset.owner, "save", asset_ids=[asset.pk], tags=["sky", "sea"], title="Second"
        )
        copy = LibraryAsset.objects.get()
        assert [tag.name for tag in copy.tags.all()] == ["sea", "sky"]
        assert copy.title == "First"
        assert outcome.undo_id is not None

    def test_in_one_call_is_one(self, asset):
        outcome = perform(asset.owner, "save", asset_ids=[asset.pk, asset.pk])
        assert len(outcome.results) == LibraryAsset.objects.count() == 1

    def test_brings_the_copy_back_from_the_trash(self, asset):
        save(asset)
        move_to_trash(LibraryAsset.objects.all())
        assert save(asset).ok
        assert LibraryAsset.objects.kept().count() == 1

    def test_is_refused_while_the_copy_leaves_the_trash_for_good(self, asset):
        save(asset)
        LibraryAsset.objects.update(deleted_at=PURGED)
        assert save(asset).error == LEAVING_TRASH


class TestWhatCannotBeCopied:
    @pytest.mark.parametrize(
        ("error", "told"),
        [
            (FileNotFoundError("gone"), FILE_GONE),
            (BucketError("away"), NOT_COPIED),
            (OSError(28, "disk full"), NOT_COPIED),
        ],
    )
    def test_is_not_saved_and_says_why(self, asset, monkeypatch, error, told):
        failing(monkeypatch, error)
        result = save(asset)
        assert (result.ok, result.error, result.library_asset_id) == (False, told, None)
        assert not LibraryAsset.objects.exists()
        assert not Action.objects.exists()

    def test_leaves_no_file_behind(self, asset, monkeypatch):
        failing(monkeypatch, BucketError("away"), lambda key: "thumb" in key)
        save(asset)
        assert kept() == set()

    def test_is_soon_given_up_on_while_the_store_is_away(self, job, monkeypatch):
        asked = []
        monkeypatch.setattr(bucket_calls, "PATIENCE_SECONDS", 0)
        failing(monkeypatch, BucketError("away"), lambda key: asked.append(key) or True)
        assets = [make_workspace_asset(job, index, stored=True) for index in range(20)]
        outcome = perform(job.owner, "save", asset_ids=[asset.pk for asset in assets])
        assert {result.error for result in outcome.results} == {NOT_COPIED}
        assert len(asked) <= bucket_calls.AT_ONCE

    def test_does_not_keep_the_others_from_being_saved(self, job, monkeypatch):
        assets = [make_workspace_asset(job, index, stored=True) for index in range(3)]
        failing(monkeypatch, FileNotFoundError("gone"), lambda key: key == assets[1].key)
        outcome = perform(job.owner, "save", asset_ids=[asset.pk for asset in assets])
        assert [result.ok for result in outcome.results] == [True, False, True]
        assert LibraryAsset.objects.count() == 2
        assert len(kept()) == 4

    def test_leaves_no_file_behind_when_the_rows_fail(self, asset, monkeypatch):
        def broken(*arguments):
            raise RuntimeError("no rows today")

        monkeypatch.setattr("workspace.actions.record", broken)
        with pytest.raises(RuntimeError):
            save(asset)
        assert kept() == set()


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"title": "x" * 201}, "title"),
        ({"tags": ["x" * 61]}, "tags"),
        ({"tags": [str(number) for number in range(21)]}, "tags"),
    ],
)
def test_words_that_are_too_long_are_refused_by_name(asset, words, field):
    with pytest.raises(RequestError) as refused:
        save(asset, **words)
    assert list(refused.value.errors) == [field]
    assert not LibraryAsset.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_time_make_one(asset, monkeypatch):
    both_copying = threading.Barrier(2, timeout=10)
    copy_file, results = buckets.copy, []

    def copy_together(from_bucket, from_key, *to):
        if from_key == asset.key:
            both_copying.wait()
        copy_file(from_bucket, from_key, *to)

    def run():
        results.append(save(asset))
        connection.close()

    monkeypatch.setattr(buckets, "copy", copy_together)
    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    copy = LibraryAsset.objects.get()
    assert [(result.ok, result.library_asset_id) for result in results] == [(True, copy.pk)] * 2
    assert kept() == set(copy.keys)
    assert Action.objects.count() == 1


def during_copying(monkeypatch, act) -> None:
    """Do `act` once while a save copies files."""
    copy, done = buckets.copy, []

    def copy_and_act(*keys):
        copy(*keys)
        if not done:
            done.append(True)
            act()

    monkeypatch.setattr("workspace.saving.in_parallel", lambda call, items: [*map(call, items)])
    monkeypatch.setattr(buckets, "copy", copy_and_act)


def test_what_is_deleted_while_it_is_saved_is_in_the_library_and_comes_back(asset, monkeypatch):
    outcomes = []
    during_copying(
        monkeypatch,
        lambda: outcomes.append(perform(asset.owner, "delete", asset_ids=[asset.pk])),
    )
    result = save(asset)
    assert result.ok
    assert LibraryAsset.objects.get(pk=result.library_asset_id).source_asset_id == asset.pk
    assert not WorkspaceAsset.objects.shown().exists()
    undo(asset.owner, outcomes[0].undo_id)
    assert WorkspaceAsset.objects.shown().get() == asset
    assert LibraryAsset.objects.count() == 1


def test_what_is_purged_while_it_is_saved_is_whole_or_not_at_all(asset, monkeypatch):
    everything = WorkspaceAsset.objects.filter(pk=asset.pk)
    during_copying(monkeypatch, lambda: expiry.purge(everything))
    result = save(asset)
    assert result.error == FILE_GONE
    assert not LibraryAsset.objects.exists()
    assert kept() == set()

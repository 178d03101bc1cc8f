"""What leaves staging by itself, with its files; and what must stay."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from generation.models import CallbackNonce, Job, JobReference, Reference
from ourvidz.media import buckets
from tests.factories import make_job, make_reference, make_workspace_asset, picture_bytes
from tests.interleaving import just_before
from workspace import expiry
from workspace.models import WorkspaceAsset

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=30)
YESTERDAY = NOW - timedelta(days=1)


def staged() -> set[str]:
    return set(buckets.each_key("workspace-temp"))


def clean(*options: str) -> None:
    call_command("cleanup_workspace", *options)


def make_old_reference(owner, **columns) -> Reference:
    reference = make_reference(owner, picture_bytes())
    Reference.objects.filter(pk=reference.pk).update(created_at=LONG_AGO, **columns)
    return reference


def test_a_group_that_is_filled_again_meanwhile_stays(creator, monkeypatch):
    job = make_job(creator, status="completed", ended_at=LONG_AGO)
    monkeypatch.setattr(expiry, "lock_jobs", lambda ids: make_workspace_asset(job))
    clean()
    assert Job.objects.in_workspace().get() == job


class TestAssets:
    def test_an_expired_one_goes_with_its_files(self, job):
        make_workspace_asset(job, 0, stored=True, expires_at=YESTERDAY)
        clean()
        assert not WorkspaceAsset.objects.exists()
        assert staged() == set()

    def test_one_that_is_brought_back_meanwhile_stays(self, job):
        asset = make_workspace_asset(job, 0, stored=True, removed_at=NOW - timedelta(hours=2))
        rows = WorkspaceAsset.objects.filter(pk=asset.pk)
        with just_before("UPDATE", lambda: rows.update(removed_at=None)):
            clean()
        assert WorkspaceAsset.objects.shown().get() == asset
        assert set(asset.keys) <= staged()

    def test_so_does_one_that_cannot_be_brought_back(self, job):
        make_workspace_asset(job, 0, stored=True, removed_at=NOW - timedelta(hours=2))
        clean()
        assert staged() == set()

    def test_one_that_can_still_be_brought_back_stays(self, job):
        asset = make_workspace_asset(job, 0, stored=True, removed_at=NOW - timedelta(minutes=5))
        clean()
        assert WorkspaceAsset.objects.get() == asset
        assert staged() == set(asset.keys)

    def test_so_do_those_of_a_job_that_is_not_done(self, creator):
        running = make_job(creator, status="running")
        make_workspace_asset(running, 0, removed_at=LONG_AGO)
        clean()
        assert WorkspaceAsset.objects.count() == 1

    def test_a_saved_copy_stays(self, job):
        asset = make_workspace_asset(job, 0, stored=True, expires_at=YESTERDAY)
        buckets.copy("workspace-temp", asset.key, "user-library", "1/copy.png")
        clean()
        assert buckets.exists("user-library", "1/copy.png")

    def test_all_batches_go(self, job, monkeypatch):
        monkeypatch.setattr(expiry, "BATCH", 2)
        for index in range(5):
            make_workspace_asset(job, index, expires_at=YESTERDAY)
        clean()
        assert WorkspaceAsset.objects.count() == 0

    def test_pages_are_told(self, job):
        make_workspace_asset(job, 0, expires_at=YESTERDAY)
        clean()
        assert Job.objects.get().version == job.version + 1

    def test_a_store_that_is_away_leaves_rows_for_the_next_run(self, job, monkeypatch):
        make_workspace_asset(job, 0, stored=True, expires_at=YESTERDAY)

        def away(*arguments):
            raise buckets.BucketError("away")

        monkeypatch.setattr(buckets, "remove", away)
        clean()
        assert WorkspaceAsset.objects.get().removed_at == expiry.PURGED
        monkeypatch.undo()


class TestJobs:
    def test_an_old_empty_group_leaves_the_workspace_and_stays_in_history(self, job):
        Job.objects.update(ended_at=LONG_AGO)
        clean()
        assert Job.objects.count() == 1
        assert not Job.objects.in_workspace().exists()

    def test_a_group_with_something_left_stays(self, job):
        Job.objects.update(ended_at=LONG_AGO)
        make_workspace_asset(job, 0)
        clean()
        assert Job.objects.in_workspace().exists()

    def test_a_fresh_failure_stays(self, creator):
        make_job(creator, status="failed")
        clean()
        assert Job.objects.in_workspace().exists()


class TestReferences:
    def test_an_old_one_that_nobody_used_goes(self, creator):
        make_old_reference(creator)
        clean()
        assert not Reference.objects.exists()
        assert list(buckets.each_key("reference-images")) == []

    def test_a_used_one_stays(self, creator, job):
        JobReference.objects.create(job=job, reference=make_old_reference(creator), role="style")
        clean()
        assert Reference.objects.exists()

    def test_a_fresh_one_stays(self, creator):
        make_old_reference(creator)
        Reference.objects.update(created_at=YESTERDAY)
        clean()
        assert Reference.objects.exists()


def test_a_dry_run_touches_nothing_and_says_what_would_go(job, creator, capsys):
    make_workspace_asset(job, 0, stored=True, expires_at=YESTERDAY)
    make_old_reference(creator)
    clean("--dry-run")
    assert WorkspaceAsset.objects.get().removed_at is None
    assert staged() != set()
    assert capsys.readouterr().out == (
        "Would remove 1 staged assets, 0 empty jobs from the workspace and 1 unused references.\n"
    )


def test_nonces_go_when_their_time_would_be_refused(db):
    for nonce, age in (("old", 720), ("young", 480)):
        made = CallbackNonce.objects.create(nonce=nonce)
        made_at = timezone.now() - timedelta(seconds=age)
        CallbackNonce.objects.filter(pk=made.pk).update(created_at=made_at)
    clean()
    assert CallbackNonce.objects.get().nonce == "young"

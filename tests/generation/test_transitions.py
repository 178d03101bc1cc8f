"""Each change of a job's status happens once, and an ended job never comes back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generation import transitions
from generation.models import Job, UsageEntry
from generation.outputs import Output
from tests.factories import make_job
from workspace.models import WorkspaceAsset

pytestmark = pytest.mark.django_db
LANES = ["sdxl", "wan", "chat"]


def an_output(job: Job, index: int = 0) -> Output:
    prefix = f"{job.owner_id}/{job.pk}/{index}"
    media = {
        "kind": "image",
        "key": f"{prefix}.png",
        "thumbnail_key": f"{prefix}.thumb.webp",
        "mime_type": "image/png",
        "bytes": 10,
        "width": 64,
        "height": 36,
        "sha256": "0" * 64,
    }
    return Output(index=index, seed=job.seed + index, media=media)


def claimed(owner, **columns) -> Job:
    make_job(owner, **columns)
    return transitions.claim(LANES, "worker-a")


def let_lease_run_out(job: Job) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(lease_expires_at=past)


def state(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


class TestClaim:
    def test_takes_the_job_with_a_lease_and_a_new_fence(self, creator, settings):
        job = claimed(creator)
        left = (job.lease_expires_at - timezone.now()).total_seconds()
        assert (job.status, job.fence, job.attempts, job.worker) == ("running", 1, 1, "worker-a")
        assert settings.LEASE_SECONDS - 5 < left <= settings.LEASE_SECONDS
        assert job.started_at is not None

    def test_a_taken_job_is_not_taken_again(self, creator):
        claimed(creator)
        assert transitions.claim(LANES, "worker-b") is None

    def test_a_job_of_another_lane_is_left(self, creator):
        make_job(creator)
        assert transitions.claim(["wan"], "worker-a") is None


class TestProgress:
    def test_is_stored_and_renews_the_lease_without_a_new_version(self, creator):
        job = claimed(creator)
        let_lease_run_out(job)
        assert transitions.report_progress(job, {"percent": 40}, {"0": "data:,"})
        now = state(job)
        assert (now.progress, now.previews) == ({"percent": 40}, {"0": "data:,"})
        assert now.version == job.version
        assert now.lease_expires_at > timezone.now()

    def test_is_refused_under_an_old_fence(self, creator):
        old = claimed(creator)
        let_lease_run_out(old)
        transitions.requeue_lost()
        new = transitions.claim(LANES, "worker-b")
        assert new.fence == old.fence + 1
        assert not transitions.report_progress(old, {"percent": 99})
        assert not transitions.renew(old)
        assert transitions.renew(new)

    def test_is_announced(self, creator, monkeypatch):
        told = []
        monkeypatch.setattr(transitions, "announce", lambda *news: told.append(news))
        job = claimed(creator)
        transitions.report_progress(job, {"percent": 40})
        assert told == [
            (creator.pk, "job.changed", job.pk),
            (creator.pk, "job.progress", job.pk),
        ]


class TestOutputs:
    def test_land_while_the_job_runs(self, creator):
        job = claimed(creator)
        assert transitions.add_outputs(job, [an_output(job, 1)])
        assert list(job.assets.values_list("index", "seed")) == [(1, 43)]
        assert state(job).status == "running"
        assert state(job).version == job.version + 1

    def test_the_same_output_twice_is_one_asset(self, creator):
        job = claimed(creator)
        transitions.add_outputs(job, [an_output(job)])
        transitions.add_outputs(job, [an_output(job)])
        assert job.assets.count() == 1

    def test_of_a_lost_lease_do_not_land(self, creator):
        job = claimed(creator)
        let_lease_run_out(job)
        transitions.requeue_lost()
        assert not transitions.add_outputs(job, [an_output(job)])
        assert not transitions.complete(job, [an_output(job)])
        assert WorkspaceAsset.objects.count() == 0


class TestEnd:
    def test_complete_stores_outputs_and_usage(self, creator):
        job = claimed(creator)
        assert transitions.complete(job, [an_output(job, 0), an_output(job, 1)])
        ended, usage = state(job), UsageEntry.objects.get(job=job)
        assert ended.status == "completed"
        assert (ended.ended_at is not None, ended.lease_expires_at) == (True, None)
        assert (usage.status, usage.credits, usage.outputs) == ("completed", 1, 2)
        assert usage.seconds >= 0

    def test_text_is_kept(self, creator):
        job = claimed(creator, job_type="enhancement")
        assert transitions.complete(job, text="a boat, golden dawn")
        assert state(job).enhanced_prompt == "a boat, golden dawn"

    def test_failing_costs_nothing_and_says_why(self, creator):
        job = claimed(creator)
        assert transitions.fail(job, "The reference is gone.")
        assert (state(job).status, state(job).error) == ("failed", "The reference is gone.")
        assert UsageEntry.objects.get(job=job).credits == 0

    def test_failing_with_retry_queues_it_again_after_a_pause(self, creator):
        job = claimed(creator)
        assert transitions.fail(job, "The store is away.", retry=True)
        assert state(job).status == "queued"
        assert transitions.claim(LANES, "worker-b") is None
        Job.objects.filter(pk=job.pk).update(waits_until=timezone.now())
        assert transitions.claim(LANES, "worker-b").attempts == 2

    def test_the_last_retry_is_the_end(self, creator, settings):
        settings.MAX_ATTEMPTS = 1
        job = claimed(creator)
        transitions.fail(job, "The store is away.", retry=True)
        assert (state(job).status, state(job).error) == ("failed", "The store is away.")

    @pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
    def test_an_ended_job_never_comes_back(self, creator, status):
        job = make_job(creator, status=status)
        before = Job.objects.filter(pk=job.pk).values().get()
        assert not transitions.complete(job, [an_output(job)])
        assert not transitions.fail(job, "late")
        assert not transitions.fail(job, "late", retry=True)
        assert not transitions.give_back(job)
        assert not transitions.request_cancel(job)
        assert not transitions.amend(job, note="late")
        assert transitions.requeue_lost() == []
        assert Job.objects.filter(pk=job.pk).values().get() == before

    def test_ending_wakes_the_lanes_that_its_owner_waits_in(self, creator, monkeypatch):
        woken = []
        monkeypatch.setattr("generation.queue.wake", woken.append)
        job = claimed(creator)
        make_job(creator, job_type="video_fast")
        transitions.complete(job)
        assert woken == ["wan"]


class TestCancel:
    def test_a_queued_job_ends_at_once(self, creator):
        job = make_job(creator)
        assert transitions.request_cancel(job)
        assert state(job).status == "cancelled"
        assert transitions.claim(LANES, "worker-a") is None

    def test_a_running_job_ends_at_once_and_its_worker_is_told(self, creator):
        job = claimed(creator)
        assert transitions.request_cancel(state(job))
        assert state(job).status == "cancelled"
        assert not transitions.report_progress(job, {"percent": 50})
        assert not transitions.complete(job, [an_output(job)])
        assert job.assets.count() == 0

    def test_twice_is_once(self, creator):
        job = make_job(creator)
        transitions.request_cancel(job)
        assert not transitions.request_cancel(job)
        assert UsageEntry.objects.filter(job=job).count() == 1


class TestLost:
    def test_a_silent_worker_gives_its_job_to_another(self, creator):
        job = claimed(creator)
        assert transitions.requeue_lost() == []
        let_lease_run_out(job)
        assert transitions.requeue_lost() == [job]
        assert (state(job).status, state(job).worker) == ("queued", job.worker)

    def test_one_that_was_cut_off_takes_its_job_up_again(self, creator):
        job = claimed(creator)
        let_lease_run_out(job)
        transitions.requeue_lost()
        assert transitions.take_up(job)
        assert (state(job).status, state(job).fence, state(job).attempts) == ("running", 1, 1)
        assert transitions.complete(job)

    def test_but_not_once_another_has_it(self, creator):
        job = claimed(creator)
        let_lease_run_out(job)
        transitions.requeue_lost()
        transitions.claim(["sdxl"], "another")
        assert not transitions.take_up(job)
        assert state(job).worker == "another"

    def test_nor_once_it_was_handed_back(self, creator):
        job = claimed(creator)
        transitions.give_back(job)
        assert not transitions.take_up(job)
        assert state(job).status == "queued"

    def test_the_third_loss_is_the_end_with_a_reason(self, creator):
        make_job(creator)
        for _ in range(3):
            let_lease_run_out(transitions.claim(LANES, "worker-a"))
            transitions.requeue_lost()
        job = Job.objects.get()
        assert job.status == "failed"
        assert job.error.startswith("The worker stopped three times while making this.")

    def test_giving_back_costs_no_attempt(self, creator):
        job = claimed(creator)
        assert transitions.give_back(job)
        assert (state(job).status, state(job).attempts) == ("queued", 0)
        assert transitions.claim(LANES, "worker-b").fence == job.fence + 1

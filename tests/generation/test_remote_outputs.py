"""What a worker on another machine tells of a job: progress, outputs, the end; each once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generation import transitions
from generation.models import Job, UsageEntry, Worker
from ourvidz.media import buckets
from tests.factories import make_job, picture_bytes
from tests.generation.remote_calls import Caller

pytestmark = pytest.mark.django_db

PREVIEW = "data:image/webp;base64,UklGRg=="


@pytest.fixture
def job(worker, creator) -> dict:
    make_job(creator, count=2, width=64, height=36)
    return worker.claimed()


def row() -> Job:
    return Job.objects.get()


def lose() -> None:
    """The studio takes the worker for dead."""
    Job.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    transitions.requeue_lost()


class TestProgress:
    def test_it_is_stored_and_renews_the_lease(self, worker, job):
        Job.objects.update(lease_expires_at=timezone.now())
        progress = {"phase": "rendering", "index": 0, "step": 3, "steps": 15, "percent": 10}
        answer = worker.progress(job, progress=progress, previews={"0": PREVIEW})
        assert answer.json() == {"cancelled": False}
        assert (row().progress, row().previews) == (progress, {"0": PREVIEW})
        assert row().lease_expires_at > timezone.now() + timedelta(seconds=30)

    def test_a_cancelled_job_is_told_so(self, worker, job):
        transitions.request_cancel(row())
        assert worker.progress(job).json() == {"cancelled": True}

    def test_so_is_one_that_another_has(self, worker, job):
        lose()
        transitions.claim(["sdxl"], "another")
        assert worker.progress(job).status_code == 404
        assert row().worker == "another"

    def test_one_that_was_lost_meanwhile_goes_on(self, worker, job):
        lose()
        assert worker.progress(job).json() == {"cancelled": False}
        assert (row().status, row().attempts, row().fence) == ("running", 1, 1)

    def test_the_worker_is_seen(self, worker, job):
        Worker.objects.update(seen_at=timezone.now() - timedelta(hours=1))
        worker.progress(job, state={"loaded_model": "sdxl", "memory_bytes": 10})
        seen = Worker.objects.get()
        assert (seen.is_alive, seen.loaded_model, seen.memory_bytes) == (True, "sdxl", 10)

    @pytest.mark.parametrize(
        "preview", ["javascript:alert(1)", 'data:image/webp;base64,"><script>', "data:text/html,x"]
    )
    def test_a_preview_that_is_none_is_refused(self, worker, job, preview):
        progress = {"phase": "loading", "percent": 0}
        answer = worker.progress(job, progress=progress, previews={"0": preview})
        assert answer.status_code == 422
        assert row().previews == {}


class TestOutputs:
    def test_they_are_in_the_grid_before_the_job_ends(self, worker, job):
        answer = worker.deliver(job, 1, picture_bytes(colour=1))
        key = f"{row().owner_id}/{row().pk}/1.png"
        assert answer.json() == {"index": 1, "key": key}
        asset = row().assets.get()
        assert (asset.index, asset.seed, asset.width, asset.owner) == (1, 43, 64, row().owner)
        assert buckets.exists("workspace-temp", asset.thumbnail_key)
        assert row().status == "running"

    def test_the_same_again_changes_nothing(self, worker, job):
        first = worker.deliver(job, 0, picture_bytes())
        before = row().version
        assert worker.deliver(job, 0, picture_bytes()).json() == first.json()
        assert (row().version, row().assets.count()) == (before, 1)

    def test_none_for_a_job_that_was_cancelled(self, worker, job):
        transitions.request_cancel(row())
        assert worker.deliver(job, 0, picture_bytes()).status_code == 409
        assert row().assets.count() == 0

    def test_none_under_an_old_fence(self, worker, job):
        Job.objects.update(fence=7)
        assert worker.deliver(job, 0, picture_bytes()).status_code == 409
        assert not list(buckets.each_key("workspace-temp"))

    def test_one_that_outlasted_its_lease(self, worker, job):
        lose()
        assert worker.deliver(job, 0, picture_bytes()).status_code == 200
        assert row().assets.count() == 1

    def test_none_of_another_machines_job(self, worker, job):
        stranger = Caller("stranger")
        assert stranger.deliver(job, 0, picture_bytes()).status_code == 404
        assert stranger.progress(job).status_code == 404
        assert stranger.end(job, "failed", error="mine now").status_code == 404
        assert row().status == "running"

    @pytest.mark.parametrize(
        ("index", "content", "changes", "field"),
        [
            (2, picture_bytes(), {}, "index"),
            (0, picture_bytes(), {"extension": "mp4"}, "extension"),
            (0, b"not a picture", {}, "file"),
            (0, picture_bytes()[:60], {}, "file"),
        ],
        ids=["index", "extension", "text", "cut off"],
    )
    def test_what_cannot_be_one_is_refused(self, worker, job, index, content, changes, field):
        answer = worker.deliver(job, index, content, **changes)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
        assert row().assets.count() == 0

    def test_no_place_is_signed_where_files_are_kept_here(self, worker, job):
        body = {"fence": job["fence"], "index": 0, "extension": "png", "size": 10}
        answer = worker.post(f"worker/jobs/{job['id']}/uploads", body)
        assert answer.status_code == 422
        assert "field file" in answer.json()["errors"]["index"][0]


class TestTheEnd:
    def test_it_is_complete_once(self, worker, job):
        worker.deliver(job, 0, picture_bytes()), worker.deliver(job, 1, picture_bytes())
        assert worker.end(job).json()["status"] == "completed"
        before = row().version
        assert worker.end(job).status_code == 200
        assert (row().version, UsageEntry.objects.count()) == (before, 1)

    def test_it_is_not_complete_while_something_is_missing(self, worker, job):
        worker.deliver(job, 0, picture_bytes())
        assert worker.end(job).json()["errors"] == {"outputs": ["These are missing: 1."]}

    def test_a_failure_that_may_pass_is_tried_again(self, worker, job):
        worker.end(job, "failed", error="Out of memory.", retry=True)
        assert (row().status, row().error) == ("queued", "Out of memory.")

    def test_any_other_is_final(self, worker, job):
        worker.end(job, "failed", error="Not a model.")
        assert (row().status, row().error) == ("failed", "Not a model.")

    def test_a_returned_job_costs_no_attempt(self, worker, job):
        assert worker.end(job, "returned").json()["status"] == "queued"
        assert (row().status, row().attempts) == ("queued", 0)
        assert worker.progress(job).status_code == 404, "and is not taken up again"
        assert row().status == "queued"


class TestChat:
    @pytest.fixture
    def job(self, worker, creator) -> dict:
        settings = {"prompt": "a boat", "enhancement": "instruct", "enhancement_only": True}
        make_job(creator, prompt="a boat", job_type="enhancement", settings=settings, count=1)
        return worker.claimed()

    def test_a_prompt_comes_back_as_text(self, worker, job):
        assert job["enhancement"]["prompt"] == "a boat"
        assert job["enhancement"]["system_prompt"]
        answer = worker.end(job, text="a wooden boat,\n at dawn")
        assert answer.json()["status"] == "completed"
        assert row().enhanced_prompt == "a wooden boat, at dawn"
        assert worker.end(job, text="a wooden boat,\n at dawn").status_code == 200

    def test_without_a_text_it_is_not_done(self, worker, job):
        assert list(worker.end(job).json()["errors"]) == ["text"]
        assert row().status == "running"

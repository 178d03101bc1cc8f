"""A worker brings every claimed job to an end, and outlives whatever goes wrong in it."""

import errno

import pytest
from django.db import OperationalError
from PIL import Image

from generation import transitions
from generation.backends.base import BackendError, ProcessBroken
from generation.models import Job, JobReference
from generation.turns import Turns
from generation.worker import run_next
from ourvidz.media import buckets, tell
from ourvidz.stopping import stopping
from tests.factories import make_job, make_reference, make_workspace_asset, picture_bytes
from tests.generation.fake_backends import FakeBackend, LazyBackend

pytestmark = pytest.mark.django_db
LANES = ["sdxl", "wan"]


def run_one(owner, **columns) -> Job:
    job = make_job(owner, width=64, height=36, **columns)
    run_next(LANES)
    return Job.objects.get(pk=job.pk)


def test_what_is_in_memory_may_go_first(creator, stranger, serve, monkeypatch):
    serve(FakeBackend())
    monkeypatch.setattr("generation.worker.turns", Turns())
    monkeypatch.setattr("generation.worker.residents.names", lambda: {"sdxl"})
    clip = make_job(stranger, job_type="video_fast", width=64, height=36)
    picture = make_job(creator, width=64, height=36)

    assert [run_next(["wan", "sdxl"]).pk for _ in range(2)] == [picture.pk, clip.pk]


def test_a_broken_process_hands_its_job_back_and_says_so(creator, serve):
    serve(FakeBackend(error=ProcessBroken("The card failed.", retry=True)))
    job = make_job(creator, width=64, height=36)

    with pytest.raises(ProcessBroken):
        run_next(LANES)

    job.refresh_from_db()
    assert (job.status, job.error, job.attempts) == ("queued", "The card failed.", 1)
    assert job.waits_until


class TestRendering:
    def test_outputs_land_as_files_with_rows(self, creator, serve):
        serve(FakeBackend())
        job = run_one(creator)
        assert (job.status, job.backend, job.error) == ("completed", "fake", "")
        assets = list(job.assets.order_by("index"))
        assert [(asset.index, asset.seed) for asset in assets] == [(0, 42), (1, 43), (2, 44)]
        for asset in assets:
            assert asset.key == f"{creator.pk}/{job.pk}/{asset.index}.png"
            assert (asset.width, asset.height, asset.mime_type) == (64, 36, "image/png")
            assert asset.thumbhash
            assert all(buckets.exists("workspace-temp", key) for key in asset.keys)

    def test_a_clip_gets_its_poster(self, creator, serve):
        serve(FakeBackend())
        job = run_one(creator, job_type="video_fast")
        clip = job.assets.get()
        assert (clip.kind, clip.mime_type) == ("video", "video/mp4")
        assert clip.poster_key == f"{creator.pk}/{job.pk}/0.poster.webp"
        assert buckets.exists("workspace-temp", clip.poster_key)
        assert clip.filmstrip_key == f"{creator.pk}/{job.pk}/0.strip.webp"
        assert buckets.exists("workspace-temp", clip.filmstrip_key)

    def test_the_file_says_how_it_was_made(self, creator, serve):
        serve(FakeBackend())
        job = run_one(creator, prompt="a red barn", negative_prompt="fog", count=1)
        with buckets.local_copy("workspace-temp", job.assets.get().key) as path:
            told = tell.read_parameters(path)
        expected = {
            "app": "OurVidz",
            "prompt": "a red barn",
            "negative_prompt": "fog",
            "seed": 42,
            "steps": 15,
            "guidance": 6.0,
            "model": "sdxl",
            "size": "64x36",
            "backend": "fake",
            "preview": False,
        }
        assert expected.items() <= told.items()
        assert told["controls"]["style"] == "cinematic"

    def test_each_output_lands_before_the_next_is_made(self, creator, serve):
        seen = []
        serve(FakeBackend(lambda index, step: seen.append(Job.objects.get().assets.count())))
        run_one(creator)
        assert seen == [0, 0, 0, 1, 1, 1, 2, 2, 2]

    def test_progress_covers_the_whole_job(self, creator, serve, monkeypatch):
        told = []
        store = transitions.report_progress

        def spy(job, progress, previews=None):
            told.append((progress, dict(previews)))
            return store(job, progress, previews)

        monkeypatch.setattr("generation.reporting.transitions.report_progress", spy)
        serve(FakeBackend())
        run_one(creator)
        percents = [progress["percent"] for progress, _ in told]
        assert told[0][0]["phase"] == "loading"
        assert percents == sorted(percents)
        assert (percents[0], percents[-1]) == (0, 100)
        last_step = {"phase": "rendering", "index": 1, "step": 3, "steps": 3, "percent": 67}
        previews = next(previews for progress, previews in told if progress == last_step)
        assert list(previews) == ["1"]
        assert previews["1"].startswith("data:image/webp;base64,")

    def test_an_ended_job_keeps_no_progress(self, creator, serve):
        serve(FakeBackend())
        job = run_one(creator)
        assert (job.progress, job.previews) == ({}, {})


class TestSecondAttempt:
    def test_makes_only_what_is_missing(self, creator, serve):
        backend = serve(FakeBackend())
        job = make_job(creator, width=64, height=36)
        make_workspace_asset(job, 1)
        run_next(LANES)
        assert backend.tasks[0].indices == (0, 2)
        assert sorted(job.assets.values_list("index", flat=True)) == [0, 1, 2]

    def test_completes_at_once_if_nothing_is_missing(self, creator, serve):
        backend = serve(FakeBackend())
        job = make_job(creator)
        for index in range(3):
            make_workspace_asset(job, index)
        run_next(LANES)
        assert backend.tasks == []
        assert Job.objects.get().status == "completed"


class TestCancel:
    def test_frees_the_worker_at_its_next_step(self, creator, serve):
        steps = []

        def cancel_at_the_second(index, step):
            steps.append((index, step))
            if len(steps) == 2:
                transitions.request_cancel(Job.objects.get())

        serve(FakeBackend(cancel_at_the_second))
        job = run_one(creator)
        assert steps == [(0, 1), (0, 2)]
        assert (job.status, job.assets.count()) == ("cancelled", 0)

    def test_a_job_that_another_worker_took_is_left_to_it(self, creator, serve):
        def take_away(index, step):
            Job.objects.update(fence=7, worker="another")

        serve(FakeBackend(take_away))
        job = run_one(creator)
        assert (job.status, job.worker, job.assets.count()) == ("running", "another", 0)

    def test_a_worker_that_is_to_stop_gives_the_job_back(self, creator, serve):
        serve(FakeBackend(lambda index, step: stopping.set() if index == 1 else None))
        job = run_one(creator)
        assert (job.status, job.attempts, job.assets.count()) == ("queued", 0, 1)


class TestFailure:
    def test_a_backend_says_why_in_its_own_words(self, creator, serve):
        serve(FakeBackend(error=BackendError("This model makes no clips.")))
        job = run_one(creator)
        assert (job.status, job.error) == ("failed", "This model makes no clips.")

    def test_a_backend_that_asks_for_it_is_tried_again(self, creator, serve):
        serve(FakeBackend(error=BackendError("Out of memory.", retry=True)))
        job = run_one(creator)
        assert (job.status, job.error, job.attempts) == ("queued", "Out of memory.", 1)
        assert job.waits_until is not None

    def test_a_surprise_is_logged_and_not_shown(self, creator, serve, caplog):
        serve(FakeBackend(error=ZeroDivisionError("secret internals at /srv/key")))
        job = run_one(creator)
        assert job.status == "failed"
        assert "secret" not in job.error
        assert "Something went wrong" in job.error
        assert "ZeroDivisionError: secret internals" in caplog.text

    def test_and_the_worker_goes_on(self, creator, serve):
        serve(FakeBackend(error=ZeroDivisionError()))
        run_one(creator)
        serve(FakeBackend())
        assert run_one(creator).status == "completed"

    def test_making_too_little_is_no_success(self, creator, serve):
        serve(LazyBackend())
        job = run_one(creator)
        assert (job.status, job.error) == ("queued", "1 of 3 were not made.")

    def test_a_full_disk_is_named_and_tried_again(self, creator, serve, monkeypatch):
        def full(*arguments):
            raise OSError(errno.ENOSPC, "No space left on device")

        serve(FakeBackend())
        monkeypatch.setattr(buckets, "store", full)
        job = run_one(creator)
        assert job.status == "queued"
        assert job.error.startswith("The studio's disk is full.")

    def test_a_store_that_is_away_for_a_moment_is_waited_for(self, creator, serve, monkeypatch):
        answers = [buckets.BucketError("away"), buckets.BucketError("away")]
        store = buckets.store

        def sometimes(*arguments):
            if answers:
                raise answers.pop()
            store(*arguments)

        serve(FakeBackend())
        monkeypatch.setattr(buckets, "store", sometimes)
        monkeypatch.setattr(stopping, "wait", lambda seconds: False)
        assert run_one(creator).status == "completed"

    def test_a_database_that_is_away_for_a_moment_is_waited_for(self, creator, serve, monkeypatch):
        answers = [OperationalError("away"), OperationalError("away")]
        complete = transitions.complete

        def sometimes(*arguments, **options):
            if answers:
                raise answers.pop()
            return complete(*arguments, **options)

        serve(FakeBackend())
        monkeypatch.setattr(transitions, "complete", sometimes)
        monkeypatch.setattr(stopping, "wait", lambda seconds: False)
        job = run_one(creator)
        assert (job.status, job.assets.count()) == ("completed", 3)


class TestReferences:
    def reference_for(self, job: Job, content: bytes | None = None) -> None:
        reference = make_reference(job.owner, content, source_name="sunset.png")
        JobReference.objects.create(job=job, reference=reference, role="style", strength=0.7)

    def test_reach_the_backend_as_files(self, creator, serve):
        backend = serve(FakeBackend())
        opened = []
        backend.on_step = lambda index, step: opened.append(
            Image.open(backend.tasks[0].references[0].path).size
        )
        job = make_job(creator, width=64, height=36, count=1)
        self.reference_for(job, picture_bytes())
        run_next(LANES)
        reference = backend.tasks[0].references[0]
        assert (reference.role, reference.kind, reference.strength) == ("style", "style", 0.7)
        assert opened[0] == (64, 36)

    @pytest.mark.parametrize(
        ("content", "what"),
        [(None, "is gone"), (b"no picture", "is damaged"), (picture_bytes()[:60], "is damaged")],
    )
    def test_that_cannot_be_read_fail_the_job_by_name(self, creator, serve, content, what):
        backend = serve(FakeBackend())
        job = make_job(creator)
        self.reference_for(job, content)
        run_next(LANES)
        failed = Job.objects.get()
        assert (failed.status, backend.tasks) == ("failed", [])
        assert failed.error == f"Style reference sunset.png {what}. Add it again, then retry."

    def test_in_a_store_that_is_away_are_asked_for_again(self, creator, serve, monkeypatch):
        def away(*arguments):
            raise buckets.BucketError("away")

        serve(FakeBackend())
        job = make_job(creator)
        self.reference_for(job, picture_bytes())
        monkeypatch.setattr(buckets, "local_copy", away)
        run_next(LANES)
        waiting = Job.objects.get()
        assert waiting.status == "queued"
        assert waiting.error == "Style reference sunset.png could not be read. Try again."

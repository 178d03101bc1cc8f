"""A worker on another machine asks for jobs: who may, what it is given, and only once."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from generation import handing_over, transitions
from generation.models import Job, JobReference, Worker
from generation.references import reference_from_upload
from generation.worker_tokens import revoke
from ourvidz.accounts.models import ApiToken
from tests.factories import make_job, make_workspace_asset, picture_bytes
from tests.generation.remote_calls import Caller

pytestmark = pytest.mark.django_db


class TestWhoMay:
    def test_nobody_without_a_token(self, db):
        body = {"worker": "box", "lanes": ["sdxl"], "wait_seconds": 0}
        answer = Client().post("/api/v1/worker/claim", body, content_type="application/json")
        assert answer.status_code == 401

    def test_no_token_of_a_person(self, creator):
        _, text = ApiToken.issue(creator, "script")
        answer = Caller(token=text).claim()
        assert answer.status_code == 401
        assert "worker token" in answer.json()["detail"]

    def test_no_worker_token_where_people_call(self, worker):
        assert worker.client.get("/api/v1/jobs").status_code == 401

    def test_nobody_whose_token_was_revoked(self, worker, creator):
        make_job(creator)
        assert revoke(type(worker.row).objects.all()) == 1
        answer = worker.claim()
        assert (answer.status_code, "revoked" in answer.json()["detail"]) == (401, True)
        assert Job.objects.get().status == "queued"

    def test_a_revoked_token_leaves_its_job_to_its_lease(self, worker, creator):
        make_job(creator)
        job = worker.claimed()
        revoke(type(worker.row).objects.all())
        assert worker.progress(job).status_code == 401
        Job.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
        transitions.requeue_lost()
        assert Job.objects.get().status == "queued"


class TestWhatItIsGiven:
    def test_all_that_rendering_takes(self, worker, creator):
        row = make_job(creator, count=3)
        job = worker.claimed()
        assert (job["id"], job["fence"], job["lane"], job["count"]) == (str(row.pk), 1, "sdxl", 3)
        assert job["direct_uploads"] is False
        task = job["render"]
        assert (task["prompt"], task["seed"], task["indices"]) == ("a boat at dawn", 42, [0, 1, 2])
        assert (task["width"], task["height"], task["frames_per_second"]) == (1024, 576, "50/3")
        assert Job.objects.get().backend == "fake"

    def test_references_by_an_address_that_works(self, worker, creator):
        reference = reference_from_upload(creator, ContentFile(picture_bytes()), "sea.png")
        JobReference.objects.create(
            job=make_job(creator), reference=reference, role="reference", strength=0.75
        )
        [told] = worker.claimed()["render"]["references"]
        assert (told["role"], told["kind"], told["strength"]) == ("reference", "style", 0.75)
        assert Client().get(told["url"]).status_code == 200

    def test_nothing_of_lanes_that_its_token_has_not(self, creator):
        make_job(creator)
        assert Caller("wan-only", lanes=["wan"]).claimed(lanes=["sdxl", "wan"]) is None

    def test_nothing_where_nothing_waits(self, worker):
        assert worker.claimed() is None

    def test_a_job_that_another_finished_half_of(self, worker, creator):
        make_workspace_asset(make_job(creator, count=3), 1)
        assert worker.claimed()["render"]["indices"] == [0, 2]


class TestOnlyOnce:
    def test_the_same_worker_is_given_the_same_job_again(self, worker, creator):
        make_job(creator), make_job(creator)
        assert worker.claimed() == worker.claimed()
        assert Job.objects.filter(status="running").count() == 1

    def test_another_process_is_given_another(self, worker, creator):
        make_job(creator), make_job(creator)
        first, second = worker.claimed(), worker.claimed(worker="box-2")
        assert first["id"] != second["id"]

    def test_who_leaves_hands_back_what_was_on_its_way(self, worker, creator):
        make_job(creator)
        worker.claimed()
        assert worker.post("worker/departure", {"worker": worker.name}).status_code == 204
        assert (Job.objects.get().status, Job.objects.get().attempts) == ("queued", 0)
        assert not Worker.objects.exists()

    def test_what_was_not_heard_is_taken_back(self, worker, creator):
        make_job(creator)
        worker.claimed()
        handing_over.take_back("token-box-1/box-1", timezone.now())
        assert (Job.objects.get().status, Job.objects.get().attempts) == ("queued", 0)
        assert not Worker.objects.exists()

    def test_unless_the_worker_has_asked_again_meanwhile(self, worker, creator):
        make_job(creator)
        worker.claimed()
        gone_since = timezone.now()
        worker.claimed()
        handing_over.take_back("token-box-1/box-1", gone_since)
        assert Job.objects.get().status == "running"


def test_it_is_known_from_then_on(worker, creator):
    job = make_job(creator)
    worker.claim(models=["sdxl", "turbo"], version="1", state={"loaded_model": "turbo"})
    row = Worker.objects.get()
    assert (row.name, row.kind, row.is_alive) == ("token-box-1/box-1", "remote", True)
    assert (row.models, row.loaded_model, row.last_job) == (["sdxl", "turbo"], "turbo", job.pk)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"worker": "../x"}, "worker"),
        ({"lanes": []}, "lanes"),
        ({"lanes": ["gpu"]}, "lanes.0"),
        ({"wait_seconds": 3600}, "wait_seconds"),
    ],
)
def test_what_makes_no_sense_is_named(worker, changes, field):
    answer = worker.claim(**changes)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])

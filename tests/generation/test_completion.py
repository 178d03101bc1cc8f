"""The end of a job as a worker over HTTP tells it: checked, believed once."""

import pytest

from generation import transitions
from generation.models import Job, UsageEntry
from generation.signatures import SIGNATURE
from ourvidz.media import buckets
from tests.factories import make_job, picture_bytes
from tests.generation.test_transitions import an_output
from tests.generation.worker_calls import headers_for, post

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.generation.worker_urls")]


@pytest.fixture
def job(creator) -> Job:
    make_job(creator, count=2, width=64, height=36)
    return transitions.claim(["sdxl"], "far-away")


def upload(job: Job, index: int, content: bytes | None = None) -> dict:
    key = f"{job.owner_id}/{job.pk}/{index}.png"
    buckets.store("workspace-temp", key, content or picture_bytes(colour=index), "image/png")
    return {"index": index, "key": key}


def report(job: Job, *outputs: dict, **changes) -> dict:
    return {
        "job_id": str(job.pk),
        "fence": job.fence,
        "status": "completed",
        "outputs": list(outputs),
        **changes,
    }


def state(job: Job) -> tuple:
    row = Job.objects.get(pk=job.pk)
    return row.status, row.version, row.error, sorted(row.assets.values_list("index", "sha256"))


def errors(response) -> dict:
    assert response.status_code == 422, response.content
    return response.json()["errors"]


class TestBelieved:
    def test_the_figures_come_from_the_files_and_the_owner_from_the_job(self, job):
        answer = post(report(job, upload(job, 0), upload(job, 1)))
        assert (answer.status_code, answer.json()) == (
            200,
            {"job_id": str(job.pk), "status": "completed"},
        )
        asset = job.assets.get(index=1)
        assert (asset.width, asset.height, asset.mime_type) == (64, 36, "image/png")
        assert (asset.owner, asset.seed) == (job.owner, 43)
        assert buckets.exists("workspace-temp", asset.thumbnail_key)
        assert UsageEntry.objects.get(job=job).outputs == 2

    def test_a_failure_keeps_its_reason(self, job):
        assert post(report(job, status="failed", error="CUDA ran away")).status_code == 200
        assert state(job)[0::2][:2] == ("failed", "CUDA ran away")

    def test_outputs_that_landed_before_need_not_be_told_again(self, job):
        transitions.add_outputs(job, [an_output(job, 0)])
        assert post(report(job, upload(job, 1))).json()["status"] == "completed"
        assert job.assets.count() == 2

    def test_but_outputs_that_are_nowhere_are_missed(self, job):
        assert errors(post(report(job, upload(job, 0)))) == {"outputs": ["These are missing: 1."]}


class TestOnce:
    def test_the_same_report_again_changes_nothing(self, job):
        payload = report(job, upload(job, 0), upload(job, 1))
        post(payload)
        before = state(job)
        assert post(payload).status_code == 200
        assert state(job) == before

    def test_another_result_for_an_ended_job(self, job):
        payload = report(job, upload(job, 0), upload(job, 1))
        post(payload)
        before = state(job)
        answer = post(report(job, status="failed", error="late"))
        assert answer.status_code == 409
        assert "completed already" in answer.json()["detail"]
        assert state(job) == before

    def test_a_cancelled_job_stays_cancelled(self, job):
        transitions.request_cancel(job)
        answer = post(report(job, upload(job, 0), upload(job, 1)))
        assert answer.status_code == 409
        assert "cancelled already" in answer.json()["detail"]
        assert state(job)[0] == "cancelled"
        assert state(job)[3] == []

    def test_an_old_fence(self, job):
        Job.objects.filter(pk=job.pk).update(fence=job.fence + 1)
        answer = post(report(job, upload(job, 0), upload(job, 1)))
        assert answer.status_code == 409
        assert f"fence {job.fence + 1}" in answer.json()["detail"]
        assert state(job)[0] == "running"

    def test_a_job_that_waits_again(self, job):
        transitions.give_back(job)
        assert post(report(job, upload(job, 0), upload(job, 1))).status_code == 409
        assert state(job)[0] == "queued"


class TestRefused:
    @pytest.mark.parametrize(
        "key",
        [
            "999/somebody-elses-job/0.png",
            "../user-library/1/0.png",
            "{prefix}../0.png",
            "{prefix}1.png",
            "{prefix}0.exe",
            "{prefix}0.mp4",
            "/etc/passwd",
        ],
    )
    def test_a_file_anywhere_else(self, job, key):
        good = upload(job, 1)
        bad = {"index": 0, "key": key.format(prefix=f"{job.owner_id}/{job.pk}/")}
        assert list(errors(post(report(job, bad, good)))) == ["outputs.0.key"]
        assert state(job)[0] == "running"

    def test_a_file_that_is_not_there(self, job):
        ghost = {"index": 0, "key": f"{job.owner_id}/{job.pk}/0.png"}
        assert errors(post(report(job, ghost))) == {"outputs.0.key": ["There is no such file."]}

    def test_a_file_that_is_cut_off(self, job):
        whole = picture_bytes()
        broken = upload(job, 1, whole[: len(whole) // 2])
        assert list(errors(post(report(job, upload(job, 0), broken)))) == ["outputs.1.key"]
        assert state(job)[3] == []

    def test_an_index_that_was_not_asked_for(self, job):
        assert list(errors(post(report(job, upload(job, 7))))) == ["outputs.0.index"]

    def test_an_unknown_job(self, job):
        ghost = report(job, job_id="6f1f5f2e-0000-4000-8000-000000000000")
        assert post(ghost).status_code == 404

    def test_fields_that_make_no_sense(self, job):
        named = errors(post(report(job, fence=-1, status="perhaps")))
        assert set(named) == {"fence", "status"}

    def test_a_bad_signature_changes_nothing(self, job):
        before = state(job)
        headers = {**headers_for(b"{}"), SIGNATURE: "0" * 64}
        assert post(report(job, upload(job, 0)), headers=headers).status_code == 401
        assert state(job) == before

    def test_a_store_that_is_away_asks_to_come_again(self, job, monkeypatch):
        def away(*arguments):
            raise buckets.BucketError("away")

        payload = report(job, upload(job, 0), upload(job, 1))
        monkeypatch.setattr(buckets, "local_copy", away)
        assert post(payload).status_code == 503
        assert state(job)[0] == "running"
        monkeypatch.undo()
        assert post(payload).status_code == 200


class TestText:
    @pytest.fixture
    def job(self, creator) -> Job:
        settings = {"prompt": "a boat", "enhancement": "instruct", "enhancement_only": True}
        make_job(creator, job_type="enhancement", settings=settings, count=1)
        return transitions.claim(["chat"], "far-away")

    def test_a_chat_job_ends_with_its_text_once(self, job):
        payload = report(job, text=" a wooden boat \n at dawn ")
        assert post(payload).json()["status"] == "completed"
        assert Job.objects.get().enhanced_prompt == "a wooden boat at dawn"
        before = state(job)
        assert post(payload).status_code == 200
        assert post(report(job, text="another text")).status_code == 409
        assert state(job) == before

    def test_one_without_is_refused(self, job):
        assert list(errors(post(report(job)))) == ["text"]

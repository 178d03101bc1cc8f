"""What a worker on another machine must not send: a clear answer, and the job stays as it was."""

import json

import pytest

from generation import transitions
from generation.models import Job, WorkerToken
from generation.worker_tokens import revoke
from ourvidz.media import buckets
from tests.factories import make_job, picture_bytes
from tests.generation.remote_calls import Caller

pytestmark = pytest.mark.django_db

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def job(worker, creator) -> dict:
    make_job(creator, count=1, width=64, height=36)
    return worker.claimed()


def untouched() -> bool:
    """Whether the job still runs for its worker, with nothing in the grid or in the store."""
    row = Job.objects.get()
    files = list(buckets.each_key("workspace-temp"))
    return (row.status, row.fence, row.assets.count(), files) == ("running", 1, 0, [])


def raw(worker: Caller, path: str, body: bytes, content_type: str = "application/json"):
    return worker.client.post(f"/api/v1/{path}", body, content_type=content_type)


class TestIds:
    def test_a_job_that_is_not_there_reads_as_another_workers(self, worker, job):
        stranger = Caller("stranger")
        calls = [
            lambda who, one: who.progress(one),
            lambda who, one: who.deliver(one, 0, picture_bytes()),
            lambda who, one: who.end(one),
        ]
        for call in calls:
            foreign, missing = call(stranger, job), call(stranger, {**job, "id": UNKNOWN})
            assert (foreign.status_code, foreign.content) == (404, missing.content)
        assert untouched()

    def test_an_id_that_is_none_is_not_found(self, worker, job):
        assert worker.progress({**job, "id": "../1"}).status_code == 404

    def test_a_fence_of_the_future_is_refused(self, worker, job):
        assert worker.deliver({**job, "fence": 2}, 0, picture_bytes()).status_code == 409
        assert worker.end({**job, "fence": 2}, "failed", error="no").status_code == 409
        assert untouched()


class TestReplays:
    def test_the_end_again_after_it_was_given_to_another_changes_nothing(self, worker, job):
        worker.end(job, "failed", error="Out of memory.", retry=True)
        Job.objects.update(waits_until=None)
        other = Caller("other").claimed()
        assert other["fence"] == 2
        assert worker.end(job, "failed", error="Out of memory.", retry=True).status_code == 404
        row = Job.objects.get()
        assert (row.status, row.fence, row.attempts) == ("running", 2, 2)

    def test_another_end_after_the_end_is_refused(self, worker, job):
        worker.deliver(job, 0, picture_bytes())
        worker.end(job)
        answer = worker.end(job, "failed", error="after all not")
        assert (answer.status_code, "completed already" in answer.json()["detail"]) == (409, True)
        assert Job.objects.get().status == "completed"

    def test_a_cancelled_job_cannot_be_completed(self, worker, job):
        worker.deliver(job, 0, picture_bytes())
        transitions.request_cancel(Job.objects.get())
        assert worker.end(job).status_code == 409
        assert Job.objects.get().status == "cancelled"


class TestUploads:
    def test_one_that_is_too_large_names_the_limit(self, worker, job, settings):
        settings.WORKER_OUTPUT_BYTES = 10
        answer = worker.deliver(job, 0, picture_bytes())
        assert answer.json()["errors"]["file"] == ["It has more than 0 MiB."]
        assert untouched()

    def test_a_form_that_breaks_off_is_refused(self, worker, job):
        boundary = "frontier"
        head = (
            f"--{boundary}\r\nContent-Disposition: form-data; name=fence\r\n\r\n1\r\n"
            f"--{boundary}\r\nContent-Disposition: form-data; name=file; filename=0.png\r\n\r\n"
        ).encode()
        answer = raw(
            worker,
            f"worker/jobs/{job['id']}/outputs",
            head + picture_bytes()[:50],
            f"multipart/form-data; boundary={boundary}",
        )
        assert answer.status_code == 422
        assert {"index", "extension"} <= answer.json()["errors"].keys()
        assert untouched()

    def test_neither_a_file_nor_an_upload_is_refused(self, worker, job):
        answer = worker.deliver(job, 0, None)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["file"])
        assert untouched()

    def test_a_clip_for_a_picture_is_refused_by_what_is_in_it(self, worker, job):
        answer = worker.deliver(job, 0, b"\0\0\0\x18ftypmp42" + bytes(100))
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["file"])
        assert untouched()


class TestBodies:
    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            (b"{", "application/json"),
            (b"\xff\xfe", "application/json"),
            (b"[]", "application/json"),
            (b"fence=1", "application/x-www-form-urlencoded"),
            (b"<fence>1</fence>", "text/xml"),
        ],
        ids=["cut off", "not text", "a list", "a form", "xml"],
    )
    def test_what_is_no_json_is_a_problem_not_a_fault(self, worker, job, body, content_type):
        for path in (f"worker/jobs/{job['id']}/progress", "worker/claim", "generation-complete"):
            answer = raw(worker, path, body, content_type)
            assert answer.status_code in {400, 422}, path
            assert answer["Content-Type"] == "application/problem+json"
        assert untouched()

    def test_a_huge_one_is_refused_unread(self, worker, job):
        body = json.dumps({"fence": 1, "state": {"loaded_model": "x" * 3_000_000}}).encode()
        answer = raw(worker, f"worker/jobs/{job['id']}/progress", body)
        assert answer.status_code == 413
        assert untouched()

    def test_one_of_many_lists_is_refused(self, worker, job):
        answer = worker.claim(models=["x"] * 101)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["models"])

    def test_a_deeply_nested_one_is_refused(self, worker, job):
        answer = raw(worker, "worker/claim", b"[" * 100_000 + b"]" * 100_000)
        assert answer.status_code in {400, 422}
        assert untouched()


def test_a_token_that_is_revoked_in_the_middle_ends_every_call(worker, job):
    revoke(WorkerToken.objects.all())
    body = {"fence": job["fence"], "index": 0, "extension": "png", "size": 10}
    answers = [
        worker.claim(),
        worker.progress(job),
        worker.deliver(job, 0, picture_bytes()),
        worker.post(f"worker/jobs/{job['id']}/uploads", body),
        worker.end(job),
        worker.post("worker/departure", {"worker": worker.name}),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert all("revoked" in answer.json()["detail"] for answer in answers[:4])
    assert untouched(), "its lease ends, and another worker has it"

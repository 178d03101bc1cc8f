"""What comes out at another size than was asked for is kept, with its true size, and told."""

import pytest

from generation import transitions
from generation.models import Job
from tests.factories import make_job, picture_bytes
from tests.generation.remote_calls import Caller

pytestmark = pytest.mark.django_db
ASKED, MADE = (64, 36), (48, 48)
TOLD = "Made at 48 x 48 pixels, not at the 64 x 36 that were asked for."


@pytest.fixture
def job(worker, creator) -> dict:
    make_job(creator, count=2, width=ASKED[0], height=ASKED[1])
    return worker.claimed()


def deliver(worker: Caller, job: dict, *sizes: tuple[int, int]) -> Job:
    for index, size in enumerate(sizes):
        assert worker.deliver(job, index, picture_bytes(*size)).status_code == 200
    assert worker.end(job).status_code == 200
    return Job.objects.get()


def test_as_it_was_asked_for(worker, job):
    assert deliver(worker, job, ASKED, ASKED).note == ""


def test_its_true_size_is_kept_and_its_job_says_so_once(worker, job):
    done = deliver(worker, job, MADE, MADE)
    assert (done.status, done.note) == ("completed", TOLD)
    assert {(asset.width, asset.height) for asset in done.assets.all()} == {MADE}


def test_each_size_is_told_behind_what_was_told_before(worker, job):
    transitions.amend(Job.objects.get(), note="Made from your own prompt.")
    done = deliver(worker, job, MADE, (40, 20))
    other = TOLD.replace("48 x 48", "40 x 20")
    assert done.note == f"Made from your own prompt. {TOLD} {other}"


def test_the_page_and_the_api_say_it(worker, job, client):
    done = deliver(worker, job, ASKED, MADE)
    assert TOLD in client.get("/workspace/").content.decode()
    assert client.get(f"/api/v1/jobs/{done.pk}").json()["note"] == TOLD

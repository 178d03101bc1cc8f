"""The queue on the page: what it shows, what can be done in it, by whom."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation.models import Job
from generation.requests import validate
from generation.submission import submit
from tests.factories import make_job
from workspace import queue_panel

pytestmark = pytest.mark.django_db
NOW = timezone.now()
QUEUE = "/workspace/queue/"


def queued(owner, prompt="a boat", **data):
    return submit(owner, validate({"prompt": prompt, **data}))


def shown(client):
    return client.get(QUEUE).content.decode()


def test_it_shows_what_runs_and_waits_in_order(client, creator, stranger):
    for number, prompt in enumerate(["first <b>", "second"]):
        make_job(creator, prompt=prompt, created_at=NOW + timedelta(seconds=number))
    make_job(creator, prompt="running", status="running", progress={"percent": 50})
    make_job(creator, prompt="ended", status="completed")
    make_job(creator, prompt="enhancing", job_type="enhancement")
    make_job(stranger, prompt="not mine")
    text = shown(client)
    assert text.index("running") < text.index("first &lt;b&gt;") < text.index("second")
    assert 'data-count="3"' in text
    for absent in ("ended", "enhancing", "not mine"):
        assert absent not in text


def test_it_says_how_many_are_ahead_and_how_long(client, creator):
    for _ in range(2):
        make_job(creator, count=1)
    text = shown(client)
    assert "Next, done in about 4 s" in text
    assert "1 ahead, done in about 8 s" in text


def test_an_empty_queue_says_so(client):
    assert "Nothing runs and nothing waits" in shown(client)


@pytest.mark.parametrize("number", [1, 20])
def test_the_number_of_queries_is_constant(client, creator, number):
    for _ in range(number):
        make_job(creator)
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as queries:
        client.get(QUEUE)
    assert len(queries) <= 7


def test_a_long_queue_is_cut_and_says_so(client, creator, monkeypatch):
    monkeypatch.setattr(queue_panel, "SHOWN", 2)
    for _ in range(5):
        make_job(creator)
    assert "and 3 more" in shown(client)
    assert 'data-count="5"' in shown(client)


def test_moving_changes_the_order(client, creator):
    first, second = make_job(creator), make_job(creator)
    reply = client.post(f"/workspace/jobs/{second.pk}/place/", {"before": str(first.pk)})
    assert reply.status_code == 200
    text = shown(client)
    assert text.index(str(second.pk)) < text.index(str(first.pk))


def test_moving_what_started_says_why_not(client, creator):
    running = make_job(creator, status="running")
    text = client.post(f"/workspace/jobs/{running.pk}/place/").content.decode()
    assert "cannot be moved" in text


def test_holding_and_releasing(client, creator):
    job = make_job(creator)
    client.post(f"/workspace/jobs/{job.pk}/hold/", {"held": "true"})
    assert Job.objects.get().held
    assert "On hold" in shown(client)
    client.post(f"/workspace/jobs/{job.pk}/hold/", {"held": "false"})
    assert not Job.objects.get().held


def test_the_prompt_can_be_edited_before_it_runs(client, creator):
    job = queued(creator)
    client.post(f"/workspace/jobs/{job.pk}/prompt/", {"prompt": "a ship"})
    job.refresh_from_db()
    assert job.original_prompt == "a ship"
    assert job.composed_prompt.startswith("a ship")


@pytest.mark.parametrize(
    ("prompt", "words"), [(" ", "Write a prompt"), ("a nude child", "refused, always")]
)
def test_a_prompt_that_may_not_be_is_refused_with_the_reason(client, creator, prompt, words):
    job = queued(creator)
    text = client.post(f"/workspace/jobs/{job.pk}/prompt/", {"prompt": prompt}).content.decode()
    assert words in text
    job.refresh_from_db()
    assert job.original_prompt == "a boat"


def test_cancelling_all_leaves_what_runs(client, creator, stranger):
    waiting = [make_job(creator), make_job(creator, held=True)]
    others = [make_job(creator, status="running"), make_job(stranger)]
    text = client.post("/workspace/queue/cancellation/").content.decode()
    assert "2 cancelled" in text
    statuses = dict(Job.objects.values_list("pk", "status"))
    assert {statuses[job.pk] for job in waiting} == {"cancelled"}
    assert [statuses[job.pk] for job in others] == ["running", "queued"]


def test_the_estimate_stands_beside_generate(client, creator):
    for seconds in (2, 2, 8):
        job = make_job(creator, status="completed", count=1)
        Job.objects.filter(pk=job.pk).update(started_at=job.ended_at - timedelta(seconds=seconds))
    form = {"prompt": "a boat", "batch_size": "1"}
    text = client.post("/workspace/composition/", form).content.decode()
    assert "2 to 7 s" in text
    assert "nine of ten" in text


def test_without_experience_the_estimate_says_that_it_is_a_guess(client):
    text = client.post("/workspace/composition/", {"prompt": "a boat"}).content.decode()
    assert "about 12 s" in text
    assert "A guess" in text


def routes(pk):
    return [
        (f"/workspace/jobs/{pk}/place/", {}),
        (f"/workspace/jobs/{pk}/hold/", {"held": "true"}),
        (f"/workspace/jobs/{pk}/prompt/", {"prompt": "mine now"}),
    ]


@pytest.mark.parametrize("number", range(3))
def test_a_strangers_job_is_the_same_as_none(client, stranger, number):
    job = queued(stranger)
    url, form = routes(job.pk)[number]
    nobodys, _ = routes(uuid.uuid4())[number]
    reply = client.post(url, form)
    assert (reply.status_code, reply.content) == (404, client.post(nobodys, form).content)
    job.refresh_from_db()
    assert (job.held, job.original_prompt, job.version) == (False, "a boat", 1)


@pytest.mark.parametrize("before", ["theirs", "no id"])
def test_moving_before_what_is_not_mine_is_not_found(client, creator, stranger, before):
    job, theirs = make_job(creator), make_job(stranger)
    named = str(theirs.pk) if before == "theirs" else before
    reply = client.post(f"/workspace/jobs/{job.pk}/place/", {"before": named})
    assert reply.status_code == 404


@pytest.mark.parametrize("number", range(5))
def test_a_visitor_gets_nothing(client, creator, number):
    job = make_job(creator)
    client.logout()
    urls = [*(url for url, _ in routes(job.pk)), QUEUE, "/workspace/queue/cancellation/"]
    reply = client.get(urls[number]) if urls[number] == QUEUE else client.post(urls[number])
    assert reply.headers["Location"].startswith("/accounts/login/")

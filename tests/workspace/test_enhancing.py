"""Enhancing the prompt in the bar, without generating."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from generation.models import Job
from tests.factories import make_job

pytestmark = pytest.mark.django_db
ASK = "/workspace/enhancements/"
FORM = {"prompt": "a boat on a lake", "mode": "image", "model": "sdxl"}


def enhancement(owner, **columns):
    return make_job(owner, job_type="enhancement", prompt="a boat", **columns)


def panel(client, job, seen=""):
    return client.get(f"{ASK}{job.pk}/", {"seen": seen})


def test_asking_queues_text_alone_and_watches_it(client, creator, wakes):
    text = client.post(ASK, FORM).content.decode()
    [job] = Job.objects.all()
    assert (job.lane, job.settings["enhancement_only"]) == ("chat", True)
    assert f"{ASK}{job.pk}/?seen=queued" in text
    assert wakes == ["chat"]


@pytest.mark.parametrize("method", ["base", "instruct"])
def test_the_chosen_method_is_asked_for(client, method):
    client.post(ASK, {**FORM, "enhancement": method})
    assert Job.objects.get().settings["enhancement"] == method


def test_wrong_fields_are_named_and_nothing_is_asked(client):
    reply = client.post(ASK, {**FORM, "prompt": " ", "seed": "-3"})
    assert reply.status_code == 422
    assert "<strong>Seed:</strong>" in reply.content.decode()
    assert not Job.objects.exists()


def test_over_the_limit_it_says_so(client, creator, settings):
    settings.QUEUED_JOBS_PER_USER = 1
    make_job(creator)
    reply = client.post(ASK, FORM)
    assert reply.status_code == 429
    assert "1 jobs in the queue" in reply.content.decode()


def test_the_result_is_shown_as_a_difference_and_can_be_edited(client, creator):
    job = enhancement(creator, status="completed", enhanced_prompt="a boat, <b>soft</b> light")
    text = panel(client, job, "running").content.decode()
    assert "a boat<ins>, &lt;b&gt;soft&lt;/b&gt; light</ins>" in text
    assert ">a boat, &lt;b&gt;soft&lt;/b&gt; light</textarea>" in text
    assert 'data-enhancement="a boat"' in text


def test_the_difference_follows_the_edited_text(client, creator):
    job = enhancement(creator, status="completed", enhanced_prompt="a boat, soft light")
    text = client.post(f"{ASK}{job.pk}/difference/", {"text": "a ship"}).content.decode()
    assert text.strip() == "a <del>boat</del><ins>ship</ins>"


def test_a_failure_gives_the_reason(client, creator):
    job = enhancement(creator, status="failed", error="The chat model gave no text.")
    text = panel(client, job, "running").content.decode()
    assert "Not enhanced: The chat model gave no text." in text
    assert "every 600ms" not in text


@pytest.mark.parametrize(
    ("status", "seconds", "words"),
    [
        ("queued", 1, "Enhancing the prompt"),
        ("queued", 9, "busy or away"),
        ("running", 9, "Enhancing the prompt"),
        ("running", 16, "slow today"),
    ],
)
def test_waiting_long_is_said(client, creator, status, seconds, words):
    started = timezone.now() - timedelta(seconds=seconds)
    job = enhancement(creator, status=status, created_at=started)
    assert words in panel(client, job).content.decode()


def test_what_the_page_has_seen_is_not_sent_again(client, creator):
    job = enhancement(creator)
    assert panel(client, job, "queued").status_code == 204


def test_stopping_ends_it(client, creator):
    job = enhancement(creator)
    text = client.post(f"{ASK}{job.pk}/cancellation/").content.decode()
    job.refresh_from_db()
    assert job.status == Job.Status.CANCELLED
    assert "Enhancing was stopped" in text


def routes(pk):
    return [
        ("get", f"{ASK}{pk}/"),
        ("post", f"{ASK}{pk}/cancellation/"),
        ("post", f"{ASK}{pk}/difference/"),
    ]


@pytest.mark.parametrize("number", range(3))
def test_a_strangers_is_the_same_as_none(client, stranger, number):
    job = enhancement(stranger)
    method, url = routes(job.pk)[number]
    _, other = routes(uuid.uuid4())[number]
    reply = getattr(client, method)(url)
    assert (reply.status_code, reply.content) == (404, getattr(client, method)(other).content)
    job.refresh_from_db()
    assert job.status == Job.Status.QUEUED


def test_a_job_that_makes_pictures_is_none(client, creator):
    assert panel(client, make_job(creator)).status_code == 404


@pytest.mark.parametrize("number", range(4))
def test_a_visitor_gets_nothing(client, creator, number):
    job = enhancement(creator)
    client.logout()
    method, url = [*routes(job.pk), ("post", ASK)][number]
    reply = getattr(client, method)(url)
    assert reply.headers["Location"].startswith("/accounts/login/")

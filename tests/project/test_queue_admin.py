"""The queue dashboard opens for superusers only, its figures in JSON too; under our CSP."""

import re

import django_rq
import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_user

PAGES = [
    "/admin/django_rq/dashboard/",
    "/admin/django_rq/dashboard/stats.json",
    "/admin/django_rq/dashboard/stats.json/sometoken/",
    "/admin/django_rq/dashboard/queues/0/",
    "/admin/django_rq/dashboard/queues/0/empty/",
    "/admin/django_rq/dashboard/workers/0/",
]


@pytest.mark.parametrize("page", PAGES)
def test_visitors_are_asked_to_sign_in(db, page):
    assert Client().get(page).headers["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("page", PAGES)
def test_staff_are_refused(db, page):
    client = Client()
    client.force_login(make_user(is_staff=True))

    assert client.get(page).status_code == 403
    assert "Django-RQ" not in client.get(reverse("admin:index")).content.decode()


def test_superusers_see_the_queues(db, redis_url):
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))

    assert "Django-RQ" in client.get(reverse("admin:index")).content.decode()
    assert "<h1>Queues</h1>" in client.get(PAGES[0]).content.decode()


LISTS = (
    "",
    "failed/",
    "finished/",
    "started/",
    "scheduled/",
    "deferred/",
    "empty/",
    "requeue-all/",
)


@pytest.mark.live
@pytest.mark.parametrize("page", ["", "workers/0/", *(f"queues/0/{name}" for name in LISTS)])
def test_nothing_is_inline(db, redis_url, page):
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    queue = django_rq.get_queue("sdxl")
    queue.enqueue("generation.queue.take_next", "<style>sdxl</style>")

    answer = client.get(PAGES[0] + page, follow=True)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert re.findall(r"<style|<script(?![^>]* src=)|<[^>]* (?:style|on\w+)=", text) == []
    assert "queue-dashboard.js" in text
    queue.empty()


def test_a_redis_that_is_away_is_said_so(db, settings, tmp_path):
    nobody = {"URL": f"unix://{tmp_path}/nobody.sock"}
    settings.RQ_QUEUES = dict.fromkeys(settings.RQ_QUEUES, nobody)
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))

    answer = client.get(PAGES[0])

    assert answer.status_code == 503
    assert "Redis does not answer" in answer.content.decode()

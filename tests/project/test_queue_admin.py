"""The queue dashboard opens for superusers only, its figures in JSON too."""

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

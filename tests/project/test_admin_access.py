"""Who gets into the admin: nobody who is not staff, and staff only where they have a permission.

Goes through every address of the admin, so also through those of models that are yet to come.
"""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.factories import make_user
from tests.project.test_admin import MODELS, NAMES, address, fill

pytestmark = pytest.mark.any_database  # tests/project/test_admin.py opens every page on both
OPEN = {"login", "logout"}
CATCH_ALL = "(?P<url>.*)$"
FILLED_IN = {
    r"\(\?P<app_label>(\w+).*?\)": r"\1",
    r"\(\?P<token>.*?\)\?": "token",
    r"<int:\w+>": "0",
    r"<(\w+:)?\w+>": "1",
    r"[\^$?]": "",
}
PAGES_OF_A_ROW = ("change", "delete", "history")


def routes(patterns, before: str = "") -> Iterator[str]:
    """Every address under `patterns` that asks who is there, as Django writes it."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, route)
        elif pattern.name not in OPEN and route != CATCH_ALL:
            yield route


def filled_in(route: str) -> str:
    for part, value in FILLED_IN.items():
        route = re.sub(part, value, route)
    return f"/admin/{route}"


ADDRESSES = sorted({filled_in(route) for route in routes(admin.site.get_urls())})


def staff(*permissions: str) -> Client:
    """A browser of somebody of the staff who has `permissions` and no more."""
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def permission(model, name: str) -> str:
    return f"{name}_{model._meta.model_name}"


def test_every_page_is_in_the_table():
    assert len(ADDRESSES) > 5 * len(MODELS)
    assert [url for url in ADDRESSES if re.search(r"[<>()^$?]", url)] == []
    assert {
        "/admin/",
        "/admin/generation/worker/",
        "/admin/generation/workertoken/add/",
        "/admin/library/libraryasset/1/change/",
        "/admin/django_rq/dashboard/stats.json/token/",
        "/admin/django_rq/dashboard/queues/0/empty/",
    } <= set(ADDRESSES)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("url", ADDRESSES)
def test_nobody_gets_in_who_is_not_staff(client, url, method):
    for browser in (Client(), client):
        answer = getattr(browser, method)(url)
        to_the_door = answer.headers.get("Location", "").startswith(reverse("admin:login"))
        assert answer.status_code == 403 or (answer.status_code == 302 and to_the_door)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_staff_need_the_permission(db, model):
    fill()
    row = model._default_manager.order_by("pk").last()
    browser = staff()
    pages = [address(model, "changelist")]
    pages += [address(model, page, row.pk) for page in PAGES_OF_A_ROW]
    pages += [address(model, "add")]

    for url in pages:
        assert (browser.get(url).status_code, browser.post(url).status_code) == (403, 403), url


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_who_may_look_may_only_look(db, model):
    fill()
    row = model._default_manager.order_by("pk").last()
    browser = staff(permission(model, "view"))

    for page, arguments in (("changelist", []), ("change", [row.pk]), ("history", [row.pk])):
        assert browser.get(address(model, page, *arguments)).status_code == 200, page
    for page, arguments in (("change", [row.pk]), ("delete", [row.pk]), ("add", [])):
        assert browser.post(address(model, page, *arguments)).status_code == 403, page
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_who_may_look_has_no_action(db, model):
    request = RequestFactory().get("/")
    request.user = make_user(is_staff=True)
    request.user.user_permissions.set(Permission.objects.filter(codename=permission(model, "view")))

    assert admin.site.get_model_admin(model).get_actions(request) == {}


def test_a_password_is_set_by_who_may_change_users(client, creator):
    url = reverse("admin:auth_user_password_change", args=[creator.pk])
    codes = [staff(name).get(url).status_code for name in ("view_user", "change_user")]

    assert codes == [403, 200]


def test_one_permission_is_for_one_model(db):
    nothing = "have permission to view or edit anything"
    assert nothing in staff().get(reverse("admin:index")).content.decode()
    browser = staff("view_job")

    assert nothing not in browser.get(reverse("admin:index")).content.decode()
    assert browser.get("/admin/generation/job/").status_code == 200
    assert browser.get("/admin/generation/worker/").status_code == 403

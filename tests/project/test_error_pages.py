"""The pages of errors: they say what to do, tell nothing of anybody and need no database."""

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.views import defaults


@pytest.mark.parametrize("name", ["404", "403", "403_csrf", "500"])
def test_it_renders_by_itself(name):
    page = get_template(f"{name}.html").render()

    assert 'href="/workspace/"' in page
    assert "csrf" not in page.lower()


def test_what_is_not_there_reads_the_same_for_everybody(client):
    assert client.get("/nothing/").content == Client().get("/library/nothing/").content


def test_the_theme_stays():
    client = Client()
    client.cookies["theme"] = "light"

    assert 'data-theme="light"' in client.get("/nothing/").content.decode()


def test_a_refusal_and_a_failure_keep_their_status():
    request = RequestFactory().get("/")

    assert defaults.permission_denied(request, PermissionDenied()).status_code == 403
    assert defaults.server_error(request).status_code == 500

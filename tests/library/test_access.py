"""Who may see and change what is kept: its owner; to a stranger it does not exist."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from library.models import LibraryAsset
from tests.factories import make_library_asset

OF_ONE = [
    ("get", "asset"),
    ("get", "panel"),
    ("post", "asset"),
    ("post", "favourite"),
    ("post", "rating"),
    ("post", "deletion"),
    ("post", "restoration"),
    ("get", "download"),
    ("get", "plain_download"),
]
OF_ALL = ("page", "trash", "stretch", "months")
CALLS = [*(("get", name) for name in OF_ALL), *OF_ONE]


def call(client, method, name, asset_id, **headers):
    arguments = [] if name in OF_ALL else [asset_id]
    return getattr(client, method)(reverse(f"library:{name}", args=arguments), headers=headers)


@pytest.mark.parametrize(("method", "name"), CALLS)
def test_a_visitor_is_sent_to_sign_in(kept, method, name):
    answer = call(Client(), method, name, kept.pk)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("login"))


@pytest.mark.parametrize(("method", "name"), CALLS)
def test_the_owner_gets_in(client, kept, method, name):
    assert call(client, method, name, kept.pk).status_code in {200, 302, 422}


@pytest.mark.parametrize(("method", "name"), OF_ONE)
def test_another_persons_asset_reads_like_one_that_is_not_there(kept, stranger, method, name):
    client = Client()
    client.force_login(stranger)

    foreign = call(client, method, name, kept.pk)
    unknown = call(client, method, name, uuid.uuid4())

    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    kept.refresh_from_db()
    assert (kept.favourite, kept.deleted_at, kept.title) == (False, None, "")


@pytest.mark.parametrize("name", ["favourite", "rating", "deletion", "restoration"])
def test_a_change_takes_the_csrf_token(creator, kept, name):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(creator)

    answer = call(strict, "post", name, kept.pk)

    assert answer.status_code == 403
    assert "too old" in answer.content.decode()


@pytest.mark.parametrize("name", ["favourite", "rating", "deletion", "restoration"])
def test_reading_changes_nothing(client, kept, name):
    assert call(client, "get", name, kept.pk).status_code == 405
    assert LibraryAsset.objects.kept().get() == kept


@pytest.mark.parametrize(("method", "name"), OF_ONE)
def test_nothing_is_left_of_what_is_past_the_trash(client, creator, settings, method, name):
    past = timezone.now() - timedelta(days=settings.TRASH_DAYS + 1)
    gone = make_library_asset(creator, deleted_at=past)

    assert call(client, method, name, gone.pk).status_code == 404


@pytest.mark.parametrize(
    "value", ["nonsense", "0859627f-ba85-4315-8f25-1f8a025f262f", "'; drop table"]
)
@pytest.mark.parametrize(("page", "name"), [("page", "after"), ("trash", "cursor")])
def test_a_place_to_go_on_from_that_is_none(client, page, name, value):
    assert client.get(reverse(f"library:{page}"), {name: value}).status_code == 404


def test_another_persons_asset_is_no_place_to_go_on_from(client, stranger):
    foreign = make_library_asset(stranger)

    assert client.get(reverse("library:page"), {"after": foreign.pk}).status_code == 404

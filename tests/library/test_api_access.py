"""Who may call the API of the library: its owner; to a stranger an asset does not exist."""

import uuid

import pytest
from django.test import Client

from library.models import LibraryAsset
from ourvidz.accounts.models import ApiToken

CALLS = [
    ("get", "library/assets", 200),
    ("get", "library/assets/{}", 200),
    ("patch", "library/assets/{}", 200),
    ("delete", "library/assets/{}", 204),
    ("post", "library/assets/{}/restoration", 200),
]
OF_ONE = [(method, address) for method, address, _ in CALLS if "{}" in address]
CHANGES = [(method, address) for method, address in OF_ONE if method != "get"]


def call(client, method, address, asset_id, **extra):
    path = f"/api/v1/{address.format(asset_id)}"
    body = {"title": "mine"} if method == "patch" else None
    return getattr(client, method)(path, body, content_type="application/json", **extra)


@pytest.mark.parametrize(("method", "address", "status"), CALLS)
def test_nobody_gets_in_unnamed(kept, method, address, status):
    answer = call(Client(), method, address, kept.pk)

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "address", "status"), CALLS)
def test_the_owner_by_session(client, kept, method, address, status):
    assert call(client, method, address, kept.pk).status_code == status


@pytest.mark.parametrize(("method", "address", "status"), CALLS)
def test_the_owner_by_token(creator, kept, method, address, status):
    header = {"Authorization": f"Bearer {ApiToken.issue(creator, 'test')[1]}"}
    strict = Client(enforce_csrf_checks=True)

    assert call(strict, method, address, kept.pk, headers=header).status_code == status


@pytest.mark.parametrize(("method", "address"), CHANGES)
def test_a_session_without_its_csrf_token_changes_nothing(creator, kept, method, address):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(creator)

    assert call(strict, method, address, kept.pk).status_code == 403
    assert LibraryAsset.objects.kept().get().title == ""


@pytest.mark.parametrize(("method", "address"), OF_ONE)
def test_a_stranger_gets_the_same_bytes_as_for_nothing(stranger, kept, method, address):
    client = Client()
    client.force_login(stranger)

    foreign = call(client, method, address, kept.pk)
    unknown = call(client, method, address, uuid.uuid4())

    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    assert LibraryAsset.objects.kept().get().title == ""


def test_the_list_has_nothing_of_a_stranger(stranger, kept):
    client = Client()
    client.force_login(stranger)

    assert client.get("/api/v1/library/assets").json() == {"items": [], "next_cursor": None}

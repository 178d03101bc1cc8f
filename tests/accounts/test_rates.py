"""How often one user may change something, in all ways together."""

import asyncio

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import AsyncRequestFactory, Client

from ourvidz.accounts import rates
from ourvidz.accounts.middleware import RateMiddleware
from ourvidz.accounts.models import ApiToken
from ourvidz.errors import LimitError

API = "/api/v1/collections"


@pytest.fixture(autouse=True)
def three_a_minute(settings):
    settings.CHANGES_PER_MINUTE = 3


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when the test says so."""
    now = [1000.0]
    monkeypatch.setattr("ourvidz.accounts.rates.time.monotonic", lambda: now[0])
    return now


def wait_of(user_id: int) -> int:
    """0 where a change passes, else the seconds to wait."""
    try:
        rates.check(user_id, "POST")
    except LimitError as error:
        return error.retry_after
    return 0


def test_the_bucket_fills_up_again(clock):
    assert [wait_of(1) for _ in range(4)] == [0, 0, 0, 20]
    clock[0] += 15
    assert wait_of(1) == 5
    clock[0] += 5
    assert [wait_of(1), wait_of(1)] == [0, 20]
    clock[0] += 3600
    assert [wait_of(1) for _ in range(4)] == [0, 0, 0, 20]


def test_each_user_has_one_of_their_own_and_reading_is_free(clock):
    for _ in range(4):
        wait_of(1)
    assert wait_of(2) == 0
    for _ in range(9):
        rates.check(1, "GET")


def test_it_remembers_only_who_was_busy(clock, monkeypatch):
    monkeypatch.setattr(rates, "MOST_REMEMBERED", 2)
    for user_id in (1, 2):
        wait_of(user_id)
    clock[0] += 60
    wait_of(3)
    assert set(rates._left) == {3}


def test_pages_and_api_and_tokens_share_it(client, creator, clock):
    _, token = ApiToken.issue(creator, "script")
    bearer = {"headers": {"Authorization": f"Bearer {token}"}}
    collection = {"data": {"name": "Boats"}, "content_type": "application/json"}

    assert client.post("/accounts/profile/", {}).status_code == 200
    assert client.post(API, **collection).status_code == 201
    assert Client().post(API, **collection | {"data": {"name": "Sea"}}, **bearer).status_code == 201
    refusals = [
        client.post("/accounts/profile/", {}),
        client.post(API, **collection),
        Client().post(API, **collection, **bearer),
    ]

    assert [(reply.status_code, reply["Retry-After"]) for reply in refusals] == [(429, "20")] * 3
    types = [reply["Content-Type"] for reply in refusals]
    assert types == ["text/plain; charset=utf-8"] + ["application/problem+json"] * 2
    assert all(b"more than 3 changes a minute" in reply.content for reply in refusals)
    assert client.get("/accounts/profile/").status_code == 200


def test_it_works_in_an_asynchronous_stack(creator, clock):
    async def view(request):
        return HttpResponse("passed")

    async def ask(user) -> int:
        request = AsyncRequestFactory().post("/")

        async def auser():
            return user

        request.auser = auser
        return (await RateMiddleware(view)(request)).status_code

    assert [asyncio.run(ask(creator)) for _ in range(4)] == [200, 200, 200, 429]
    assert [asyncio.run(ask(AnonymousUser())) for _ in range(4)] == [200] * 4

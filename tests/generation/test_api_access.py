"""Who may call the API of generation: its owner; to a stranger a job does not exist."""

import uuid

import pytest
from django.test import Client

from generation.models import Job
from ourvidz.accounts.models import ApiToken
from tests.factories import make_job, make_user

CALLS = [
    ("post", "generate-content"),
    ("post", "references"),
    ("get", "jobs"),
    ("get", "jobs/{job}"),
    ("post", "jobs/{job}/cancellation"),
    ("post", "jobs/{job}/retry"),
    ("patch", "jobs/{job}"),
]
OF_ONE_JOB = [call for call in CALLS if "{job}" in call[1]]
BODIES = {
    "generate-content": {"prompt": "a boat"},
    "references": {"url": "http://127.0.0.1/"},
    "jobs/{job}": {"priority": 1},
}
# What the owner gets; a private address is refused, a queued job cannot be retried.
OWNER_GETS = dict(zip(CALLS, (202, 422, 200, 200, 200, 409, 200), strict=True))


def call(client, method, address, job_id=None, **extra):
    path = f"/api/v1/{address.format(job=job_id)}"
    body = BODIES.get(address) if method != "get" else None
    return getattr(client, method)(path, body, content_type="application/json", **extra)


def bearer(user) -> dict:
    return {"headers": {"Authorization": f"Bearer {ApiToken.issue(user, 'test')[1]}"}}


@pytest.mark.parametrize(("method", "address"), CALLS)
def test_nobody_gets_in_unnamed(db, method, address):
    job = make_job(make_user())

    answer = call(Client(), method, address, job.pk)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "address"), CALLS)
def test_the_owner_by_session(client, creator, method, address):
    answer = call(client, method, address, make_job(creator).pk)

    assert answer.status_code == OWNER_GETS[method, address]


@pytest.mark.parametrize(("method", "address"), CALLS)
def test_the_owner_by_token_needs_no_csrf(creator, method, address):
    strict = Client(enforce_csrf_checks=True)

    answer = call(strict, method, address, make_job(creator).pk, **bearer(creator))

    assert answer.status_code == OWNER_GETS[method, address]


@pytest.mark.parametrize(("method", "address"), [c for c in CALLS if c[0] != "get"])
def test_a_session_without_its_csrf_token_changes_nothing(creator, method, address):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(creator)

    answer = call(strict, method, address, make_job(creator).pk)

    assert answer.status_code == 403
    assert "X-CSRFToken" in answer.json()["detail"]
    assert Job.objects.get().version == 1


@pytest.mark.parametrize(("method", "address"), OF_ONE_JOB)
def test_a_foreign_job_answers_as_one_that_does_not_exist(client, stranger, method, address):
    foreign = call(client, method, address, make_job(stranger).pk)
    unknown = call(client, method, address, uuid.uuid4())

    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    assert dict(foreign.headers) == dict(unknown.headers)
    assert Job.objects.get().version == 1


def test_the_list_has_only_ones_own(client, creator, stranger):
    mine = make_job(creator)
    make_job(stranger)

    assert [item["id"] for item in client.get("/api/v1/jobs").json()["items"]] == [str(mine.pk)]

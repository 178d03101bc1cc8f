"""Every error under /api/ is a problem details document; others are left alone."""

import pytest
from django.db import OperationalError
from django.test import Client

from ourvidz.media.buckets import BucketError

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/v1/nothing", 404),
        ("get", "/api/v1/jobs/not-an-id", 404),
        ("get", "/api/", 404),
        ("get", "/api/v1/", 404),
        ("put", "/api/v1/jobs", 405),
        ("delete", "/api/v1/generate-content", 405),
    ],
)
def test_what_routing_refuses(client, method, path, status):
    answer = getattr(client, method)(path)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == PROBLEM
    body = answer.json()
    assert body.keys() == {"type", "title", "status", "detail"}
    assert body["status"] == status


def test_a_refused_method_says_which_are_allowed(client):
    answer = client.put("/api/v1/jobs")

    assert answer.headers["Allow"] == "GET"
    assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_a_host_that_is_not_ours(client):
    answer = client.get("/api/v1/jobs", headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == PROBLEM


def test_a_crash_tells_nothing_of_its_cause(creator, monkeypatch):
    monkeypatch.setattr("generation.api.page_of", lambda *args: 1 / 0)
    client = Client(raise_request_exception=False)
    client.force_login(creator)

    answer = client.get("/api/v1/jobs")

    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == PROBLEM
    assert b"ZeroDivision" not in answer.content


@pytest.mark.parametrize("cause", [OperationalError("gone"), OSError("disk"), BucketError("s3")])
def test_what_is_away_is_worth_another_try(client, monkeypatch, cause):
    def fail(*arguments):
        raise cause

    monkeypatch.setattr("generation.api.queue_states", fail)
    answer = client.get("/api/v1/jobs")

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert str(cause) not in answer.content.decode()


def test_pages_keep_their_own_errors(client):
    answer = client.get("/nothing/at/all")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] != PROBLEM

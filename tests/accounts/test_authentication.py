"""API tokens: live ones sign in, others say why not."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ourvidz.accounts.models import ApiToken

NOW = timezone.now()


def ask(header: str):
    return Client().get("/api/v1/jobs", headers={"Authorization": header})


def test_a_live_token_signs_in_and_notes_its_use(creator, django_assert_num_queries):
    token, text = ApiToken.issue(creator, "script", NOW + timedelta(days=1))

    assert ask(f"Bearer {text}").status_code == 200

    token.refresh_from_db()
    assert token.last_used_at is not None
    with django_assert_num_queries(2):  # the token with its user, and the jobs
        ask(f"bearer {text}")


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"expires_at": NOW - timedelta(seconds=1)}, "expired"),
        ({"revoked_at": NOW}, "revoked"),
    ],
)
def test_a_dead_token_says_why(creator, columns, says):
    token, text = ApiToken.issue(creator, "script")
    ApiToken.objects.filter(pk=token.pk).update(**columns)

    answer = ask(f"Bearer {text}")

    assert answer.status_code == 401
    assert says in answer.json()["detail"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_token_of_a_closed_account(creator):
    _, text = ApiToken.issue(creator, "script")
    creator.is_active = False
    creator.save()

    assert ask(f"Bearer {text}").status_code == 401


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Bearer", "Basic Y3JlYXRvcjp4", "x"])
def test_anything_else_is_refused(creator, header):
    answer = ask(header)

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_bad_token_is_not_covered_by_a_session(client):
    answer = client.get("/api/v1/jobs", headers={"Authorization": "Bearer wrong"})

    assert answer.status_code == 401

"""Signing in and out by the page: names, throttle, time zone, sessions."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.utils import timezone

from ourvidz.accounts.models import LoginAttempt
from ourvidz.accounts.throttling import FREE_FAILURES, wait_after
from tests.factories import PASSWORD, make_user

LOGIN = "/accounts/login/"


@pytest.fixture
def visitor(creator):
    """A browser that nobody has signed in to; `creator` can."""
    return Client()


def sign_in(client, password=PASSWORD, username="creator", **values):
    return client.post(LOGIN, {"username": username, "password": password, **values})


def test_the_form_has_the_words_that_people_look_for(visitor):
    page = visitor.get(LOGIN).content.decode()

    assert '<label for="id_username">User name</label>' in page
    assert '<label for="id_password">Password</label>' in page
    assert "Sign in</button>" in page


def test_it_leads_to_the_workspace(visitor, creator):
    answer = sign_in(visitor)

    assert answer.headers["Location"] == "/workspace/"
    assert get_user(visitor) == creator


def test_it_leads_back_to_where_one_came_from_but_not_elsewhere(visitor):
    assert 'value="/library/"' in visitor.get(f"{LOGIN}?next=/library/").content.decode()
    assert sign_in(visitor, next="/library/").headers["Location"] == "/library/"
    assert sign_in(Client(), next="//evil.example/").headers["Location"] == "/workspace/"


def test_the_session_is_a_new_one(visitor):
    session = visitor.session
    session["before"] = 1
    session.save()
    before = visitor.cookies["sessionid"].value

    sign_in(visitor)

    assert before
    assert visitor.cookies["sessionid"].value != before


def test_a_wrong_password_says_so_and_keeps_the_name(visitor):
    answer = sign_in(visitor, "wrong", username='cre"><b>ator')
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "Please enter a correct username and password" in page
    assert "<b>ator" not in page


def test_somebody_who_is_switched_off_stays_out(visitor, creator):
    creator.is_active = False
    creator.save()

    assert sign_in(visitor).status_code == 200
    assert not get_user(visitor).is_authenticated


def test_too_many_failures_make_one_wait_even_with_the_right_password(visitor):
    for _ in range(FREE_FAILURES):
        assert sign_in(visitor, "wrong").status_code == 200

    answer = sign_in(visitor)

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= wait_after(FREE_FAILURES)
    assert "Too many failed attempts" in answer.content.decode()


def test_somebody_else_and_somewhere_else_need_not_wait(visitor):
    make_user("other")
    for _ in range(FREE_FAILURES):
        sign_in(visitor, "wrong")

    assert sign_in(Client(), username="other").status_code == 302
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302


def test_the_wait_ends_and_a_success_forgets(visitor):
    for _ in range(FREE_FAILURES):
        sign_in(visitor, "wrong")
    LoginAttempt.objects.update(blocked_until=timezone.now() - timedelta(seconds=1))

    assert sign_in(visitor).status_code == 302
    assert not LoginAttempt.objects.exists()


def test_waits_grow_to_a_limit():
    waits = [wait_after(failures) for failures in range(1, 40)]

    assert waits[: FREE_FAILURES - 1] == [0] * (FREE_FAILURES - 1)
    assert waits == sorted(waits)
    assert waits[-1] == 15 * 60


@pytest.mark.parametrize(
    ("known", "sent", "kept"),
    [
        ("", "Europe/Vienna", "Europe/Vienna"),
        ("Asia/Tokyo", "Europe/Vienna", "Asia/Tokyo"),
        ("", "Middle/Earth", ""),
        ("", "", ""),
    ],
)
def test_the_browsers_time_zone_is_kept_once(visitor, creator, known, sent, kept):
    creator.time_zone = known
    creator.save()

    sign_in(visitor, time_zone=sent)

    creator.refresh_from_db()
    assert creator.time_zone == kept


def test_signing_out_is_a_button_and_says_so(client):
    assert client.get("/accounts/logout/").status_code == 405

    page = client.post("/accounts/logout/", follow=True)

    assert page.redirect_chain == [(LOGIN, 302)]
    assert "You are signed out." in page.content.decode()
    assert not get_user(client).is_authenticated


def test_who_is_signed_in_is_not_asked_again(client):
    assert client.get(LOGIN).headers["Location"] == "/workspace/"

"""The profile page: name, time zone, tokens shown once, password."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.utils import timezone

from ourvidz.accounts.models import ApiToken
from tests.factories import PASSWORD

PROFILE = "/accounts/profile/"
ADDRESSES = [
    ("get", PROFILE),
    ("post", PROFILE),
    ("get", "/accounts/password/"),
    ("post", "/accounts/tokens/"),
    ("post", "/accounts/tokens/1/revocation/"),
]
NEW = "a much better passphrase"


def change_password(client, new=NEW, old=PASSWORD):
    passwords = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post("/accounts/password/", passwords)


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_a_visitor_is_sent_to_sign_in(db, method, address):
    answer = getattr(Client(), method)(address)

    assert answer.headers["Location"].startswith("/accounts/login/")


def test_name_and_time_zone(client, creator):
    answer = client.post(PROFILE, {"first_name": "Ada", "time_zone": "Europe/Vienna"}, follow=True)

    creator.refresh_from_db()
    assert (creator.first_name, creator.time_zone) == ("Ada", "Europe/Vienna")
    page = answer.content.decode()
    assert "Profile saved." in page
    assert 'data-time-zone="Europe/Vienna"' in page


@pytest.mark.parametrize(
    ("field", "value"), [("time_zone", "Middle/Earth"), ("first_name", "x" * 151)]
)
def test_what_cannot_be_kept_is_refused(client, creator, field, value):
    answer = client.post(PROFILE, {"first_name": "Ada", "time_zone": "UTC", field: value})

    assert 'class="errorlist"' in answer.content.decode()
    creator.refresh_from_db()
    assert (creator.first_name, creator.time_zone) == ("", "")


def test_nobody_makes_themselves_an_operator(client, creator):
    client.post(PROFILE, {"role": "admin", "is_superuser": "on", "is_staff": "on"})

    creator.refresh_from_db()
    assert (creator.role, creator.is_superuser, creator.is_staff) == ("basic", False, False)


def test_a_token_is_shown_once_and_works(client, creator):
    answer = client.post("/accounts/tokens/", {"name": "render script", "days": "30"})
    text = re.search(r"<code>(ovz_[^<]+)</code>", answer.content.decode())[1]

    assert "no-store" in answer.headers["Cache-Control"]
    assert text not in client.get(PROFILE).content.decode()
    assert "render script" in client.get(PROFILE).content.decode()
    header = {"Authorization": f"Bearer {text}"}
    assert Client().get("/api/v1/jobs", headers=header).status_code == 200
    left = ApiToken.objects.get().expires_at - timezone.now()
    assert timedelta(days=29) < left <= timedelta(days=30)


@pytest.mark.parametrize("values", [{"name": ""}, {"name": "x" * 81}, {"name": "a", "days": "9"}])
def test_a_token_that_is_asked_for_wrongly_is_not_made(client, values):
    page = client.post("/accounts/tokens/", values).content.decode()

    assert 'class="errorlist"' in page
    assert not ApiToken.objects.exists()


def test_a_revoked_token_is_gone_and_dead(client, creator):
    token, text = ApiToken.issue(creator, "old script")

    page = client.post(f"/accounts/tokens/{token.pk}/revocation/", follow=True).content.decode()

    assert "Token old script revoked." in page
    assert "Revoke old script" not in page
    header = {"Authorization": f"Bearer {text}"}
    assert Client().get("/api/v1/jobs", headers=header).status_code == 401


def test_another_persons_token_reads_like_one_that_is_not_there(client, stranger):
    token, _ = ApiToken.issue(stranger, "theirs")

    foreign = client.post(f"/accounts/tokens/{token.pk}/revocation/")
    unknown = client.post("/accounts/tokens/999999/revocation/")

    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    token.refresh_from_db()
    assert token.revoked_at is None


def test_an_expired_token_says_so(client, creator):
    ApiToken.issue(creator, "old", timezone.now() - timedelta(days=1))

    assert "Expired" in client.get(PROFILE).content.decode()


def test_names_are_text_and_never_markup(client, creator):
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    client.post(PROFILE, {"first_name": hostile, "time_zone": ""})
    page = client.post("/accounts/tokens/", {"name": hostile}).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_new_password_signs_out_every_other_session(client, creator):
    elsewhere = Client()
    elsewhere.force_login(creator)

    answer = change_password(client)

    assert answer.headers["Location"] == PROFILE
    assert get_user(client) == creator
    assert elsewhere.get(PROFILE).status_code == 302
    creator.refresh_from_db()
    assert creator.check_password(NEW)


@pytest.mark.parametrize(
    ("new", "old"),
    [("short", PASSWORD), ("password1234", PASSWORD), ("123456789012", PASSWORD), (NEW, "wrong")],
)
def test_a_poor_password_or_a_wrong_old_one_is_refused(client, creator, new, old):
    page = change_password(client, new, old).content.decode()

    assert 'class="errorlist"' in page
    creator.refresh_from_db()
    assert creator.check_password(PASSWORD)

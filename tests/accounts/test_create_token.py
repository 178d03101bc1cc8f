"""`manage.py create_token` prints a token once."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from ourvidz.accounts.models import ApiToken


def create(*args, **options) -> str:
    out = io.StringIO()
    call_command("create_token", *args, stdout=out, **options)
    return out.getvalue()


def test_prints_a_token_that_works(creator):
    text = create("creator").strip()

    answer = Client().get("/api/v1/jobs", headers={"Authorization": f"Bearer {text}"})

    assert answer.status_code == 200
    assert text not in str(ApiToken.objects.values())


def test_name_and_days(creator):
    create("creator", "--name", "render script", "--days", "30")

    token = ApiToken.objects.get()
    assert token.name == "render script"
    assert abs(token.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("args", "says"), [(["ghost"], "no user"), (["creator", "--days", "0"], "at least 1")]
)
def test_mistakes_are_named(creator, args, says):
    with pytest.raises(CommandError, match=says):
        create(*args)

    assert not ApiToken.objects.exists()


def test_no_token_for_a_closed_account(creator):
    creator.is_active = False
    creator.save()

    with pytest.raises(CommandError, match="switched off"):
        create("creator")

"""The demo's user and its password."""

import io
import stat

import pytest
from django.core.management import call_command

from ourvidz.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    monkeypatch.delenv("OURVIDZ_DEMO_PASSWORD", raising=False)
    settings.VAR = tmp_path
    return tmp_path


def create_demo(**options) -> str:
    """Run the command; the password that it says."""
    out = io.StringIO()
    call_command("create_demo", stdout=out, **options)
    return out.getvalue().strip().removeprefix("user demo, password ")


def test_the_password_is_made_up_and_kept_for_its_owner_alone(folder):
    password = create_demo()
    assert len(password) >= 12
    assert User.objects.get(username="demo").check_password(password)
    assert stat.S_IMODE((folder / "demo-password").stat().st_mode) == 0o600


def test_a_second_run_changes_nothing():
    password = create_demo()
    user = User.objects.get(username="demo")
    assert create_demo() == password
    again = User.objects.get(username="demo")
    assert again.password == user.password  # or sessions would end
    assert User.objects.count() == 1


def test_the_environment_names_the_password(folder, monkeypatch):
    create_demo()
    monkeypatch.setenv("OURVIDZ_DEMO_PASSWORD", "a boat at dawn 42")
    assert create_demo() == "a boat at dawn 42"
    assert User.objects.get(username="demo").check_password("a boat at dawn 42")


def test_a_password_that_demo_chose_stays(folder):
    create_demo()
    user = User.objects.get(username="demo")
    user.set_password("chosen on the profile page")
    user.save()
    assert create_demo() == "the one that was set before"
    assert User.objects.get(username="demo").check_password("chosen on the profile page")
    assert not (folder / "demo-password").exists()


def test_reset_makes_up_a_new_one():
    first = create_demo()
    second = create_demo(reset=True)
    assert first != second
    assert User.objects.get(username="demo").check_password(second)


def test_only_an_operator_gets_into_the_admin():
    create_demo()
    assert not User.objects.get(username="demo").is_staff
    create_demo(operator=True)
    user = User.objects.get(username="demo")
    assert user.is_staff
    assert user.is_superuser
    assert user.role == User.Role.ADMIN

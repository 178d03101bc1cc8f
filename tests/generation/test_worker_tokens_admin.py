"""Tokens for workers of other machines: made once, shown once, revoked; and who is there."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generation import workers
from generation.models import Worker, WorkerToken
from ourvidz import VERSION
from tests.factories import make_user
from tests.generation.remote_calls import Caller
from tests.source import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(make_user("operator", is_staff=True, is_superuser=True))
    return client


def page(model: str, name: str = "changelist") -> str:
    return reverse(f"admin:generation_{model}_{name}")


class TestMaking:
    def test_it_is_shown_once_and_works(self, operator):
        form = {"name": "gpu-box-1", "lanes": ["sdxl", "wan"]}
        answer = operator.post(page("workertoken", "add"), form)
        token = answer.context["token"]
        assert token in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]
        assert Caller(token=token).claim().status_code == 200
        row = WorkerToken.objects.get()
        assert (row.lanes, row.digest) == (["sdxl", "wan"], WorkerToken.digest_of(token))
        for address in (page("workertoken"), f"{page('workertoken')}{row.pk}/change/"):
            assert token not in operator.get(address, follow=True).content.decode()

    @pytest.mark.parametrize(
        "form", [{"name": "a/b", "lanes": ["sdxl"]}, {"name": "box", "lanes": []}, {"name": "box"}]
    )
    def test_what_makes_no_sense_is_refused(self, operator, form):
        assert operator.post(page("workertoken", "add"), form).context["errors"]
        assert not WorkerToken.objects.exists()

    def test_by_command(self, capsys):
        call_command("create_worker_token", "box", "--lanes", "wan")
        token = capsys.readouterr().out.strip()
        assert Caller(token=token).claim(lanes=["wan"]).status_code == 200

    @pytest.mark.parametrize("arguments", [["a b"], ["box", "--lanes", "gpu"], ["box", "--lanes="]])
    def test_the_command_says_what_is_wrong(self, arguments):
        with pytest.raises(CommandError):
            call_command("create_worker_token", *arguments)
        assert not WorkerToken.objects.exists()


def test_revoking_locks_out(operator):
    worker = Caller()
    form = {"action": "revoke", "_selected_action": [worker.row.pk], "confirmed": "yes"}
    operator.post(page("workertoken"), form)
    assert worker.claim().status_code == 401


def test_the_page_tells_who_is_alive(operator):
    note(name="here", loaded_model="sdxl", memory_bytes=3 * 1024**3)
    note(name="gone", seen_at=timezone.now() - timedelta(minutes=10))
    text = operator.get(page("worker")).content.decode()
    assert "Alive" in text
    assert "Silent for 10" in text
    assert "3.0" in text
    for health, there in (("alive", "here"), ("silent", "gone")):
        shown = operator.get(page("worker"), {"health": health}).context["cl"].result_list
        assert [row.name for row in shown] == [there]


def note(name: str, **columns) -> Worker:
    return Worker.objects.create(name=name, kind="local", lanes=["sdxl"], **columns)


def test_the_models_that_can_be_had_now(django_assert_num_queries):
    note("a", models=["sdxl", "turbo"])
    note("b", models=["sdxl", "wan"])
    note("c", models=["lost"], seen_at=timezone.now() - timedelta(seconds=61))
    with django_assert_num_queries(1):
        told = workers.announcement()
    assert told.models.keys() == {"sdxl", "turbo", "wan"}


def test_those_that_are_long_gone_are_forgotten():
    note("a"), note("b", seen_at=timezone.now() - timedelta(hours=25))
    call_command("cleanup_workspace", verbosity=0)
    assert [worker.name for worker in Worker.objects.all()] == ["a"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--server", "studio.example", "--token", "x"], "WORKER_SERVER"),
        (["--server", "http://studio.example", "--token", "x"], "plain http"),
        (["--server", "https://studio.example"], "WORKER_TOKEN"),
        (["--server", "https://studio.example", "--token", "x", "--lanes", "gpu"], "--lanes"),
    ],
)
def test_a_remote_worker_says_what_it_lacks(arguments, reason):
    with pytest.raises(CommandError, match=reason):
        call_command("remote_worker", *arguments)


def test_the_version_is_that_of_the_project():
    assert f'version = "{VERSION}"' in (ROOT / "pyproject.toml").read_text()

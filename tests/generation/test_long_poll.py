"""A claim waits outside of Django: no thread for it, no wait for others, and no job is missed."""

import asyncio
import json
import threading
import time
from functools import wraps

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.layers import channel_layers
from django.core.asgi import get_asgi_application
from django.db import connection
from django.test import override_settings

from generation import long_poll
from generation.long_poll import CLAIM, GONE_SINCE, LARGEST_BODY, LongPoll
from generation.models import Job, Worker, WorkerToken
from generation.worker_tokens import revoke
from ourvidz import live
from tests.factories import make_job, make_user

IN_MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


@pytest.fixture(autouse=True)
def bells():
    with override_settings(CHANNEL_LAYERS=IN_MEMORY):
        channel_layers.backends.clear()
        yield
    channel_layers.backends.clear()


def asking(path: str, token: str = "", method: str = "POST") -> dict:
    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    if token:
        headers.append((b"authorization", f"Bearer {token}".encode()))
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": headers,
        "http_version": "1.1",
    }


async def answer_of(call: ApplicationCommunicator, seconds: float = 20) -> tuple[int, bytes]:
    start = await call.receive_output(seconds)
    body = await call.receive_output(seconds)
    return start["status"], body["body"]


async def claiming(application, token: str, name: str = "box", **changes):
    body = {"worker": name, "lanes": ["sdxl"], "wait_seconds": 10, **changes}
    call = ApplicationCommunicator(application, asking(CLAIM, token))
    await call.send_input({"type": "http.request", "body": json.dumps(body).encode()})
    return call


async def get(application, path: str) -> tuple[int, bytes]:
    call = ApplicationCommunicator(application, asking(path, method="GET"))
    await call.send_input({"type": "http.request", "body": b""})
    return await answer_of(call)


async def until(condition) -> None:
    for _ in range(1000):
        if await asyncio.to_thread(condition):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("never")


def in_loop(test):
    """An async test as a plain one."""

    @wraps(test)
    def run(*arguments, **fixtures):
        asyncio.run(test(*arguments, **fixtures))

    return run


class Inner:
    """Django's part: answers `answers` in turn, the last one for ever."""

    def __init__(self, *answers: dict, status: int = 200) -> None:
        self.answers, self.status = list(answers), status
        self.bodies: list[bytes] = []
        self.asked = threading.Event()

    async def __call__(self, scope, receive, send) -> None:
        self.bodies.append((await receive())["body"])
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
        self.asked.set()


class Busy(Inner):
    """Takes its time for the first answer that is a job."""

    def __init__(self, *answers: dict) -> None:
        super().__init__(*answers)
        self.scopes: list[dict] = []
        self.may_answer = asyncio.Event()

    async def __call__(self, scope, receive, send) -> None:
        self.scopes.append(scope)

        async def slowly(message) -> None:
            if b'"id"' in message.get("body", b""):
                await self.may_answer.wait()
            await send(message)

        await super().__call__(scope, receive, slowly)


class TestTheWait:
    @in_loop
    async def test_what_is_there_is_answered_at_once(self):
        inner = Inner({"job": {"id": 1}})
        call = await claiming(LongPoll(inner), "")
        assert await answer_of(call) == (200, b'{"job": {"id": 1}}')
        assert len(inner.bodies) == 1

    @in_loop
    async def test_it_looks_again_when_it_is_rung_for(self):
        inner = Inner({"job": None}, {"job": None}, {"job": {"id": 1}})
        call = await claiming(LongPoll(inner), "")
        await until(lambda: len(inner.bodies) == 2)
        await asyncio.to_thread(live._send, "lane.sdxl", {"type": "lane.woken"})
        assert await answer_of(call, 4) == (200, b'{"job": {"id": 1}}')
        assert len(set(inner.bodies)) == 1

    @in_loop
    async def test_it_looks_by_itself_too(self, monkeypatch):
        monkeypatch.setattr(long_poll, "LOOK_SECONDS", 0.05)
        inner = Inner({"job": None}, {"job": None}, {"job": None}, {"job": {"id": 1}})
        call = await claiming(LongPoll(inner), "")
        assert (await answer_of(call, 4))[1] == b'{"job": {"id": 1}}'

    @in_loop
    async def test_nothing_is_said_when_the_time_is_over(self):
        call = await claiming(LongPoll(Inner({"job": None})), "", wait_seconds=0.1)
        assert await answer_of(call, 4) == (200, b'{"job": null}')

    @in_loop
    async def test_an_error_is_not_waited_for(self):
        inner = Inner({"job": None}, status=422)
        assert (await answer_of(await claiming(LongPoll(inner), ""), 4))[0] == 422

    @in_loop
    async def test_a_worker_that_goes_is_not_looked_for(self, monkeypatch):
        monkeypatch.setattr(long_poll, "LOOK_SECONDS", 0.05)
        inner = Inner({"job": None})
        call = await claiming(LongPoll(inner), "")
        await until(lambda: len(inner.bodies) >= 2)
        await call.send_input({"type": "http.disconnect"})
        await call.wait(4)
        assert await call.receive_nothing()

    @pytest.mark.parametrize("looks", [0, 1])
    @in_loop
    async def test_what_a_worker_that_has_gone_would_get_is_taken_back(self, looks):
        inner = Busy(*[{"job": None}] * looks, {"job": {"id": 1}}, {"job": None})
        call = await claiming(LongPoll(inner), "")
        await until(lambda: len(inner.bodies) == looks + 1)
        await call.send_input({"type": "http.disconnect"})
        inner.may_answer.set()
        await call.wait(4)
        assert await call.receive_nothing()
        assert len(inner.bodies) == looks + 2
        assert [GONE_SINCE in scope for scope in inner.scopes] == [False] * (looks + 1) + [True]

    @in_loop
    async def test_a_huge_body_is_left_to_django(self):
        inner = Inner({"job": None})
        call = ApplicationCommunicator(LongPoll(inner), asking(CLAIM))
        await call.send_input(
            {"type": "http.request", "body": b"x" * (LARGEST_BODY + 1), "more_body": True}
        )
        assert (await answer_of(call, 4))[0] == 200


@pytest.mark.django_db(transaction=True)
def test_fifty_that_wait_hold_no_thread_and_keep_nobody_waiting():
    _, token = WorkerToken.issue("box", ["sdxl"])
    owner = make_user("creator")
    django_threads = asyncio.run(_fifty(token, owner))
    assert django_threads <= long_poll.LOOKS_AT_A_TIME


async def _fifty(token: str, owner) -> int:
    """The most threads that there are while fifty wait; the rest is asserted here."""
    application = LongPoll(get_asgi_application())
    before = threading.active_count()
    calls = [await claiming(application, token, f"box-{n}", wait_seconds=25) for n in range(50)]
    await until(lambda: _seen() == 50)
    await until(lambda: threading.active_count() - before <= 3)
    started = time.monotonic()
    assert (await get(application, "/healthz"))[0] == 200
    assert time.monotonic() - started < 3
    most = threading.active_count() - before
    await asyncio.to_thread(_submit, owner)
    answered = asyncio.gather(*(answer_of(call, 60) for call in calls), return_exceptions=True)
    await until(_is_running)
    await asyncio.to_thread(_lock_out)
    answers = await answered
    jobs = [body for status, body in answers if status == 200 and b'"job": null' not in body]
    assert len(jobs) == 1, "only one was given it"
    assert sum(status == 401 for status, _ in answers) == 49, "the rest was locked out at once"
    return most


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_worker_that_left_while_it_was_given_is_anybodys():
    _, token = WorkerToken.issue("box", ["sdxl"])
    make_job(make_user("creator"))
    asyncio.run(_leaving(token))
    job = Job.objects.get()
    assert (job.status, job.attempts, job.fence, job.worker) == ("queued", 0, 1, "")
    assert not Worker.objects.exists()


async def _leaving(token: str) -> None:
    """A worker goes when its job is claimed, and before it is answered."""
    django = get_asgi_application()

    async def application(scope, receive, send) -> None:
        async def leaving(message) -> None:
            if b'"job": {' in message.get("body", b""):
                await call.send_input({"type": "http.disconnect"})
            await send(message)

        await django(scope, receive, leaving)

    call = await claiming(LongPoll(application), token)
    await call.wait(20)
    assert await call.receive_nothing()


def _seen() -> int:
    try:
        return Worker.objects.count()
    finally:
        connection.close()


def _is_running() -> bool:
    try:
        return Job.objects.get().status == "running"
    finally:
        connection.close()


def _lock_out() -> None:
    revoke(WorkerToken.objects.all())
    connection.close()
    live._send("lane.sdxl", {"type": "lane.woken"})


def _submit(owner) -> None:
    make_job(owner)
    connection.close()
    live._send("lane.sdxl", {"type": "lane.woken"})

"""Bodies are refused before they are kept: by what they announce, by what comes, by their pace."""

import asyncio
import json
from uuid import uuid4

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.urls import reverse

from ourvidz import request_bodies
from ourvidz.asgi import application
from ourvidz.request_bodies import BodyLimits

LIMITS = [(r"/large/[^/]+", 1000)]
MOST = 100  # bytes elsewhere


class Echo:
    """Answers with how much it was given; knows what it was told."""

    def __init__(self) -> None:
        self.messages: list[dict] = []

    async def __call__(self, scope, receive, send):
        while True:
            self.messages.append(await receive())
            if not self.messages[-1].get("more_body"):
                break
        if self.messages[-1]["type"] == "http.disconnect":
            return
        length = sum(len(message["body"]) for message in self.messages)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(length).encode()})


@pytest.fixture(autouse=True)
def no_lingering(monkeypatch):
    monkeypatch.setattr(request_bodies, "LINGER_SECONDS", 0.0)


@pytest.fixture
def echo():
    return Echo()


def asked(app, path="/", *, chunks=(b"",), length=None):
    """The status, the headers and the body of the answer to a body that comes in `chunks`.

    None among the chunks is a client that sends no more.
    """

    async def ask():
        headers = [] if length is None else [(b"content-length", str(length).encode())]
        scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
        caller = ApplicationCommunicator(BodyLimits(app, LIMITS, MOST), scope)
        for number, chunk in enumerate(chunks):
            if chunk is None:
                break
            more = number + 1 < len(chunks)
            await caller.send_input({"type": "http.request", "body": chunk, "more_body": more})
        await caller.wait(2)
        start, *rest = [await caller.receive_output() for _ in range(caller.output_queue.qsize())]
        body = b"".join(message["body"] for message in rest)
        return start["status"], dict(start["headers"]), body.decode()

    return asyncio.run(ask())


def test_a_body_within_the_limit_arrives_whole(echo):
    assert asked(echo, chunks=[b"x" * 60, b"y" * 40]) == (200, {}, "100")


def test_an_announced_length_is_refused_at_once_and_readably(echo):
    status, headers, body = asked(echo, length=MOST + 1)

    assert status == 413
    assert body == (
        "What was sent is too large: at most 100 bytes are accepted here. Send less at a time."
    )
    assert headers[b"content-type"] == b"text/plain; charset=utf-8"
    assert headers[b"connection"] == b"close"
    assert echo.messages == []


def test_programs_get_problem_details(echo):
    status, headers, body = asked(echo, "/api/v1/generate-content", length=MOST + 1)

    assert (status, headers[b"content-type"]) == (413, b"application/problem+json")
    assert json.loads(body)["detail"].startswith("What was sent is too large")


@pytest.mark.parametrize("length", [None, 5, "nonsense"])
def test_what_comes_is_counted_whatever_was_announced(echo, length):
    status, _, _ = asked(echo, chunks=[b"x" * 60, b"y" * 41, b"z"], length=length)

    assert status == 413
    assert [message["type"] for message in echo.messages] == ["http.request", "http.disconnect"]


def test_each_path_has_its_own_limit(echo):
    assert asked(echo, "/large/one", chunks=[b"x" * 900])[0] == 200
    assert asked(echo, "/large/one", length=1001)[0] == 413
    assert asked(echo, "/large/one/more", length=900)[0] == 413


def test_a_body_that_stops_coming_is_given_up(echo, monkeypatch):
    monkeypatch.setattr(request_bodies, "GRACE_SECONDS", 0.1)

    status, _, body = asked(echo, chunks=[b"x", None])

    assert status == 408
    assert "too slowly" in body
    assert echo.messages[-1] == {"type": "http.disconnect"}


def test_what_has_come_buys_time(echo, monkeypatch):
    monkeypatch.setattr(request_bodies, "GRACE_SECONDS", 0.0)
    monkeypatch.setattr(request_bodies, "SLOWEST", 10)

    assert asked(echo, chunks=[b"x" * 50, b"y"]) == (200, {}, "51")


def test_a_client_that_goes_is_answered_nothing(echo):
    async def go():
        scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
        caller = ApplicationCommunicator(BodyLimits(echo, LIMITS, MOST), scope)
        await caller.send_input({"type": "http.request", "body": b"x", "more_body": True})
        await caller.send_input({"type": "http.disconnect"})
        await caller.wait(2)
        return await caller.receive_nothing()

    assert asyncio.run(go())


@pytest.mark.parametrize(
    ("path", "megabytes"),
    [
        (reverse("api:upload", args=[uuid4()]), settings.UPLOAD_PART_BYTES >> 20),
        (f"/api/v1/worker/jobs/{uuid4()}/outputs", settings.WORKER_OUTPUT_BYTES >> 20),
        ("/api/v1/references", 10),
        (reverse("workspace:file_recall"), settings.UPLOAD_CLIP_BYTES >> 20),
        (reverse("workspace:jobs"), 2),
        ("/api/v1/library/uploads", 2),
        ("/nothing/there/", 2),
    ],
    ids=["part", "output", "reference", "recall", "form", "begin", "elsewhere"],
)
def test_the_studio_limits_what_it_takes(path, megabytes):
    most = application.application_mapping["http"].limit_of(path)

    assert megabytes << 20 <= most <= (megabytes << 20) + 65536

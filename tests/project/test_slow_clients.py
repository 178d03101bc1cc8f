"""Raw sockets against the web server: too much, too slowly, or never taking the answer."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
import uvicorn

from ourvidz import request_bodies, server
from ourvidz.request_bodies import BodyLimits
from ourvidz.slow_clients import ImpatientProtocol

MOST = 1000  # bytes of a body
MEGABYTE = bytes(1024**2)
HEAD = b"POST %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n"


class Quicker(ImpatientProtocol):
    head_seconds = 0.3
    stalled_seconds = 1  # a busy machine takes it slowly too


class App:
    """Takes a body; sends megabytes without end to who asks for /endless."""

    def __init__(self) -> None:
        self.bodies = 0
        self.was_left = threading.Event()

    async def __call__(self, scope, receive, send):
        while (message := await receive()).get("more_body"):
            pass
        if message["type"] == "http.disconnect":
            return
        self.bodies += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/endless":
            await self._send_until_left(receive, send)
        await send({"type": "http.response.body", "body": b"taken"})

    async def _send_until_left(self, receive, send):
        leaving = asyncio.ensure_future(receive())
        while not leaving.done():
            await send({"type": "http.response.body", "body": MEGABYTE, "more_body": True})
        self.was_left.set()


@pytest.fixture
def app():
    return App()


@pytest.fixture
def client(app) -> Iterator[socket.socket]:
    """A connection to a server as ours, with less patience."""
    options = server.options() | {"http": Quicker, "ws": "none"}
    for name in ("host", "port"):
        del options[name]
    listener = socket.create_server(("127.0.0.1", 0))
    serving = uvicorn.Server(uvicorn.Config(BodyLimits(app, (), MOST), **options))
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listener]})
    thread.start()
    with socket.create_connection(listener.getsockname(), timeout=10) as connection:
        yield connection
    serving.should_exit = True
    thread.join(10)
    listener.close()


def everything(client: socket.socket) -> bytes:
    """What comes until the server closes; a TimeoutError where it does not."""
    received = b""
    with suppress(ConnectionResetError):
        while part := client.recv(65536):
            received += part
    return received


def test_a_body_within_the_limit_is_taken(client):
    client.sendall(HEAD % (b"/", b"Content-Length: 4\r\nConnection: close") + b"body")

    assert everything(client).endswith(b"taken\r\n0\r\n\r\n")


def test_the_refusal_comes_before_the_body_and_without_asking_for_it(client, app):
    client.sendall(HEAD % (b"/", b"Content-Length: 99999999\r\nExpect: 100-continue"))

    answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in answer
    assert app.bodies == 0


def test_who_sends_on_regardless_can_still_read_the_refusal(client, app):
    client.sendall(HEAD % (b"/", b"Content-Length: 8388608") + 8 * MEGABYTE)

    answer = everything(client)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b"Send less at a time.")
    assert app.bodies == 0


def test_chunks_are_counted_and_cut(client, app):
    client.sendall(HEAD % (b"/", b"Transfer-Encoding: chunked"))
    client.sendall(b"259\r\n" + bytes(601) + b"\r\n")
    client.sendall(b"259\r\n" + bytes(601) + b"\r\n")

    assert client.recv(65536).startswith(b"HTTP/1.1 413 ")
    assert app.bodies == 0


def test_a_body_that_crawls_is_cut(client, app, monkeypatch):
    monkeypatch.setattr(request_bodies, "GRACE_SECONDS", 0.2)
    monkeypatch.setattr(request_bodies, "LINGER_SECONDS", 0.1)
    client.sendall(HEAD % (b"/", b"Content-Length: 100") + b"x")

    assert everything(client).startswith(b"HTTP/1.1 408 ")
    assert app.bodies == 0


@pytest.mark.parametrize("beginning", [b"", b"GET / HTTP/1.1\r\nHost: local"])
def test_a_head_that_does_not_come_is_dropped(client, beginning):
    client.sendall(beginning)

    assert everything(client) == b""


def test_a_second_head_has_its_time_too(client):
    request = HEAD % (b"/", b"Content-Length: 0")
    client.sendall(request)
    assert client.recv(65536).startswith(b"HTTP/1.1 200 ")

    client.sendall(request[:20])
    assert b"HTTP/1.1" not in everything(client)


def test_an_answer_that_nobody_takes_is_dropped(client, app):
    client.sendall(HEAD % (b"/endless", b"Content-Length: 0"))

    assert app.was_left.wait(10)


def test_one_who_takes_it_slowly_is_waited_for(client, app):
    client.sendall(HEAD % (b"/endless", b"Content-Length: 0"))
    for _ in range(15):
        assert client.recv(len(MEGABYTE), socket.MSG_WAITALL)
        assert not app.was_left.wait(0.1)

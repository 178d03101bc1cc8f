"""However an answer is put off, it ends with the time."""

import threading
import time

import pytest

from ourvidz.media import fetch
from ourvidz.media.fetch import FetchError, fetch_picture
from tests.media.fetch.web import PUBLIC


@pytest.mark.parametrize("part", ["status", "headers", "body"])
def test_a_trickle_ends_with_the_time(web, get, monkeypatch, part):
    """Each byte comes soon enough; all of them together do not."""
    monkeypatch.setattr(fetch, "SECONDS", 0.6)
    begun = {
        "status": b"HTTP/1.1 200 ",
        "headers": b"HTTP/1.1 200 OK\r\nX: ",
        "body": b"HTTP/1.1 200 OK\r\n\r\n",
    }

    def trickle(connection):
        connection.sendall(begun[part])
        for _ in range(100):
            time.sleep(0.05)
            try:
                connection.sendall(b"x")
            except OSError:
                return

    web.answers["/a"] = trickle
    started = time.monotonic()
    with pytest.raises(FetchError, match="took longer"):
        get("http://pictures.example/a")
    assert time.monotonic() - started < 2


def test_a_name_server_that_does_not_answer_ends_with_the_time(web, monkeypatch):
    monkeypatch.setattr(fetch, "SECONDS", 0.2)
    answered = threading.Event()

    def silent(host, port):
        answered.wait(5)
        return [PUBLIC]

    with pytest.raises(FetchError, match="took longer"):
        fetch_picture("http://pictures.example/", resolve=silent, connect=web.connect)
    answered.set()

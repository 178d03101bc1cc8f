"""What is asked of the web, and what becomes of its answers."""

from contextlib import suppress

import pytest

from ourvidz.media.fetch import FetchError, fetch_picture
from tests.media.fetch.web import OK, PUBLIC


def test_a_picture_comes_back(web, get):
    web.answers["/a%20b.png?size=1"] = OK
    assert get("http://pictures.example/a b.png?size=1".replace(" ", "%20")) == b"pixels"
    assert web.connected == [(PUBLIC, 80)]


def test_the_request_names_the_host_and_tells_nothing_else(web, get):
    web.answers["/a.png"] = OK
    get("http://pictures.example/a.png#part")
    head = web.asked[0].split("\r\n")
    assert head[0] == "GET /a.png HTTP/1.1"
    assert "Host: pictures.example" in head
    assert {line.partition(":")[0] for line in head[1:] if line} == {
        "Host", "User-Agent", "Accept", "Accept-Encoding", "Connection",
    }  # fmt: skip


def test_proxies_of_the_environment_are_not_asked(web, get, monkeypatch):
    for name in ("http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://10.0.0.1:3128")
    web.answers["/a.png"] = OK
    assert get("http://pictures.example/a.png") == b"pixels"
    assert web.connected == [(PUBLIC, 80)]


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "204 Nothing", "302 No Location"])
def test_any_other_answer_is_told(web, get, status):
    web.answers["/a"] = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()
    with pytest.raises(FetchError, match=f"answered {status[:3]}"):
        get("http://pictures.example/a")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"hello\r\n\r\n",
        OK[:-2],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_a_broken_answer_is_told(web, get, answer):
    web.answers["/a"] = answer
    with pytest.raises(FetchError, match="broke off"):
        get("http://pictures.example/a")


def test_an_answer_in_chunks_is_joined(web, get):
    chunks = b"3\r\npix\r\n3\r\nels\r\n0\r\n\r\n"
    web.answers["/a"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    assert get("http://pictures.example/a") == b"pixels"


def test_an_answer_without_end_is_cut_at_25_mb(web, get):
    sent = []

    def endless(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with suppress(OSError):  # the reader hangs up
            while len(sent) < 100:
                connection.sendall(bytes(1024 * 1024))
                sent.append(1)

    web.answers["/a"] = endless
    with pytest.raises(FetchError, match="more than 25 MB"):
        get("http://pictures.example/a")
    assert len(sent) < 40


def test_less_may_be_allowed(web, get):
    web.answers["/a"] = OK
    assert get("http://pictures.example/a", 6) == b"pixels"
    with pytest.raises(FetchError, match="more than 0 MB"):
        get("http://pictures.example/a", 5)


def test_the_next_address_is_tried_where_one_does_not_answer(web):
    web.answers["/a"] = OK

    def connect(address, port, seconds):
        if address == PUBLIC:
            raise ConnectionRefusedError
        return web.connect(address, port, seconds)

    addresses = [PUBLIC, "1.1.1.1"]
    url = "http://pictures.example/a"
    assert fetch_picture(url, resolve=lambda *_: addresses, connect=connect) == b"pixels"
    with pytest.raises(FetchError, match="does not answer"):
        fetch_picture(url, resolve=lambda *_: [PUBLIC], connect=connect)

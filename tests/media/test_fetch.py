"""Pictures are fetched from the public web only, and nothing else can be reached (X6)."""

import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourvidz.media import fetch
from ourvidz.media.fetch import FetchError, fetch_picture, is_public

PUBLIC = "93.184.215.14"
REFUSED = "That address cannot be used"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npixels"


class Web:
    """A server on 127.0.0.1 that stands for the whole public web.

    `answers` gives the raw reply by host and path; a callable may write it to the socket
    itself. `asked` are the requests as they came, `connected` the addresses that were dialled.
    """

    def __init__(self):
        self.answers, self.names = {}, {}
        self.asked: list[str] = []
        self.connected: list[tuple[str, int]] = []
        web = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                web.handle(self.request)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()

    def handle(self, connection):
        request = b""
        while b"\r\n\r\n" not in request:
            if not (block := connection.recv(4096)):
                return
            request += block
        self.asked.append(request.decode())
        path = request.split(b" ", 2)[1].decode()
        answer = self.answers.get(path, b"HTTP/1.1 404 Not Found\r\n\r\n")
        if callable(answer):
            answer(connection)
        else:
            connection.sendall(answer)

    def resolve(self, host, port):
        return self.names.get(host, [PUBLIC])

    def connect(self, address, port, seconds):
        self.connected.append((address, port))
        return socket.create_connection(self.server.server_address, seconds)


@pytest.fixture
def web():
    web = Web()
    yield web
    web.server.shutdown()
    web.server.server_close()


@pytest.fixture
def get(web):
    return partial(fetch_picture, resolve=web.resolve, connect=web.connect)


def moved(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


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


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://[::1]/", "http://localhost/",
        "http://localhost./", "http://LOCALHOST/", "http://0.0.0.0/", "http://0/", "http://[::]/",
        "http://10.1.2.3/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/", "http://168.63.129.16/",
        "http://[::ffff:127.0.0.1]/", "http://[::ffff:a9fe:a9fe]/", "http://[::127.0.0.1]/",
        "http://[2002:7f00:1::]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::7f00:1]/",
        "http://[2001:0:7f00:1::]/", "http://[fe80::1]/", "http://[fe80::1%25lo]/",
        "http://[fd00:ec2::254]/", "http://[ff02::1]/", "http://[2001:db8::1]/",
        "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://017700000001/",
        "http://0177.0.0.1/", "http://127.0.0.1.:80/", "http://224.0.0.1/", "http://240.0.0.1/",
        "http://255.255.255.255/", "http://198.18.0.1/", "http://192.88.99.1/",
        "http://\uff11\uff12\uff17.0.0.1/", "http://\u2460\u2461\u2466.0.0.1/",
    ],
)  # fmt: skip
def test_the_real_thing_refuses_every_address_that_is_not_public(url):
    """No hook: names and numbers go through the system's own resolver."""
    with pytest.raises(FetchError, match=REFUSED):
        fetch_picture(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "pictures.example/a.png", "//pictures.example/a.png", "ftp://pictures.example/a",
        "file:///etc/passwd", "data:image/png;base64,AAAA", "javascript:alert(1)",
        "http://", "http:///a.png", "http://pictures.example:8080/", "https://pictures.example:80/",
        "http://pictures.example:0/", "http://pictures.example:x/", "http://[::1/",
        "http://user@pictures.example/", "http://user:word@pictures.example/",
        "http://pictures.example\\@127.0.0.1/", "http://pictures.example/\r\nX: y",
        "http://pictures.example /", "http://%3127.0.0.1/", "http://a..b/",
        "http://" + "a" * 70 + "/",
    ],
)  # fmt: skip
def test_what_is_not_a_plain_web_address_is_refused(web, get, url):
    with pytest.raises(FetchError, match=REFUSED):
        get(url)
    assert web.connected == []


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_no_special_address_is_public(address):
    special = (
        address.is_private or address.is_loopback or address.is_link_local
        or address.is_multicast or address.is_reserved or address.is_unspecified
    )  # fmt: skip
    if special:
        assert not is_public(str(address))


@given(st.ip_addresses(v=4))
def test_no_spelling_of_an_ipv4_address_in_ipv6_is_public(address):
    number = int(address)
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    for spelling in (
        f"::ffff:{high}:{low}", f"::{high}:{low}", f"64:ff9b::{high}:{low}",
        f"2002:{high}:{low}::", f"2001:0:{high}:{low}::1",
    ):  # fmt: skip
        assert not is_public(spelling)


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:4700:4700::1111", "2a00:1450::1"])
def test_the_public_web_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "pictures.example", "1.2.3", "fe80::1%lo", "2606:4700::1%x"])
def test_what_is_no_plain_address_is_not_public(text):
    assert not is_public(text)


def test_a_name_with_one_private_address_is_refused(web, get):
    web.names["pictures.example"] = [PUBLIC, "10.0.0.1"]
    with pytest.raises(FetchError, match=REFUSED):
        get("http://pictures.example/a.png")
    assert web.connected == []


def test_a_name_is_resolved_once_and_its_checked_address_dialled(web):
    """A name server that answers differently the second time is not asked a second time."""
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    web.answers["/a.png"] = OK
    url = "http://pictures.example/a.png"
    fetch_picture(url, resolve=lambda *_: next(answers), connect=web.connect)
    assert web.connected == [(PUBLIC, 80)]
    assert next(answers) == ["127.0.0.1"]


def test_a_name_that_does_not_exist_is_refused_in_the_same_words(web):
    def unknown(host, port):
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(FetchError) as unknown_name:
        fetch_picture("http://nothing.example/", resolve=unknown, connect=web.connect)
    with pytest.raises(FetchError) as private:
        fetch_picture("http://10.0.0.1/")
    assert str(unknown_name.value) == str(private.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(web, get, status):
    web.answers["/old"] = moved("/new?x=1", status)
    web.answers["/new?x=1"] = OK
    assert get("http://pictures.example/old") == b"pixels"
    assert len(web.connected) == 2


def test_three_redirects_are_enough(web, get):
    for step in range(1, 6):
        web.answers[f"/{step}"] = moved(f"http://other{step}.example/{step + 1}")
    web.answers["/4"] = OK
    assert get("http://pictures.example/1") == b"pixels"
    web.answers["/4"] = moved("/5")
    with pytest.raises(FetchError, match="too many times"):
        get("http://pictures.example/1")
    assert len(web.connected) == 8


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/secret", "http://169.254.169.254/", "//[::1]/", "http://inside.example/",
        "http://pictures.example:22/", "file:///etc/passwd", "http://[", "https://2130706433/",
    ],
)  # fmt: skip
def test_a_redirect_to_the_inside_is_refused(web, get, location):
    web.names |= {"inside.example": ["192.168.0.10"], "127.0.0.1": ["127.0.0.1"]}
    web.names |= {"169.254.169.254": ["169.254.169.254"], "::1": ["::1"]}
    web.answers["/a"] = moved(location)
    with pytest.raises(FetchError, match=REFUSED):
        get("http://pictures.example/a")
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


class TestTls:
    """https goes to the checked address under the name that was asked for."""

    @pytest.fixture
    def certificate(self, tmp_path):
        if not (openssl := shutil.which("openssl")):
            pytest.skip("openssl is not installed: no certificate to test with")
        paths = tmp_path / "key.pem", tmp_path / "cert.pem"
        subject = [
            "-subj",
            "/CN=pictures.example",
            "-addext",
            "subjectAltName=DNS:pictures.example",
        ]
        kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        files = ["-keyout", str(paths[0]), "-out", str(paths[1])]
        subprocess.run([openssl, "req", *kind, *subject, *files], check=True, capture_output=True)
        return paths

    @pytest.fixture
    def named(self, web, certificate):
        """The names that clients asked for in their TLS greeting."""
        key, cert = certificate
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        names: list[str] = []
        context.sni_callback = lambda _, name, __: names.append(name)
        plain = web.handle

        def handle(connection):
            try:
                with context.wrap_socket(connection, server_side=True) as secured:
                    plain(secured)
            except OSError:
                return

        web.handle = handle
        return names

    @pytest.fixture
    def trusted(self, certificate, monkeypatch):
        context = ssl.create_default_context(cafile=str(certificate[1]))
        monkeypatch.setattr(fetch.ssl, "create_default_context", lambda: context)

    @pytest.mark.usefixtures("trusted")
    def test_the_name_is_kept(self, web, get, named):
        web.answers["/a"] = OK
        assert get("https://pictures.example/a") == b"pixels"
        assert named == ["pictures.example"]
        assert web.connected == [(PUBLIC, 443)]
        assert "Host: pictures.example\r\n" in web.asked[0]

    @pytest.mark.usefixtures("trusted", "named")
    def test_another_name_is_refused(self, web, get):
        with pytest.raises(FetchError, match="certificate"):
            get("https://other.example/a")
        assert web.asked == []

    @pytest.mark.usefixtures("named")
    def test_a_certificate_that_nobody_vouches_for_is_refused(self, get):
        with pytest.raises(FetchError, match="certificate"):
            get("https://pictures.example/a")

    def test_a_silent_handshake_ends_with_the_time(self, web, get, monkeypatch):
        monkeypatch.setattr(fetch, "SECONDS", 0.3)
        web.handle = lambda connection: time.sleep(1)
        with pytest.raises(FetchError, match="took longer"):
            get("https://pictures.example/a")

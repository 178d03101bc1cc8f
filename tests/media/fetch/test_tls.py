"""https goes to the checked address under the name that was asked for."""

import shutil
import ssl
import subprocess
import time

import pytest

from ourvidz.media import fetch
from ourvidz.media.fetch import FetchError
from tests.media.fetch.web import OK, PUBLIC


@pytest.fixture
def certificate(tmp_path):
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
def named(web, certificate):
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
def trusted(certificate, monkeypatch):
    context = ssl.create_default_context(cafile=str(certificate[1]))
    monkeypatch.setattr(fetch.ssl, "create_default_context", lambda: context)


@pytest.mark.usefixtures("trusted")
def test_the_name_is_kept(web, get, named):
    web.answers["/a"] = OK
    assert get("https://pictures.example/a") == b"pixels"
    assert named == ["pictures.example"]
    assert web.connected == [(PUBLIC, 443)]
    assert "Host: pictures.example\r\n" in web.asked[0]


@pytest.mark.usefixtures("trusted", "named")
def test_another_name_is_refused(web, get):
    with pytest.raises(FetchError, match="certificate"):
        get("https://other.example/a")
    assert web.asked == []


@pytest.mark.usefixtures("named")
def test_a_certificate_that_nobody_vouches_for_is_refused(get):
    with pytest.raises(FetchError, match="certificate"):
        get("https://pictures.example/a")


def test_a_silent_handshake_ends_with_the_time(web, get, monkeypatch):
    monkeypatch.setattr(fetch, "SECONDS", 0.3)
    web.handle = lambda connection: time.sleep(1)
    with pytest.raises(FetchError, match="took longer"):
        get("https://pictures.example/a")

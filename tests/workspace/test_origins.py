"""Which pages may open a websocket."""

import pytest

from ourvidz.origins import is_ours


def scope(origin: str | None, host: str = "localhost:8000", scheme: str = "ws") -> dict:
    headers = [(b"host", host.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return {"type": "websocket", "scheme": scheme, "headers": headers}


def test_our_own_page_may():
    assert is_ours(scope("http://localhost:8000"))
    assert is_ours(scope("https://localhost:8000", scheme="wss"))


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "https://localhost:8000",
        "http://localhost",
        "http://localhost:8001",
        "http://localhost:8000.evil.example",
        "http://evil.example",
        "http://127.0.0.1:8000",
    ],
)
def test_any_other_scheme_host_or_port_may_not(origin):
    assert not is_ours(scope(origin))


def test_a_host_that_is_not_ours_may_not():
    assert not is_ours(scope("http://evil.example", host="evil.example"))


def test_a_trusted_origin_may(settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://studio.example"]
    assert is_ours(scope("https://studio.example"))


def test_behind_https_only_https_pages_may(settings):
    settings.HTTPS = True
    assert is_ours(scope("https://localhost:8000"))
    assert not is_ours(scope("http://localhost:8000"))

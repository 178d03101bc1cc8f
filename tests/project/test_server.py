"""How the web server is set up."""

import pytest

from ourvidz import server


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for name in ("HOST", "PORT", "TRUSTED_PROXIES", "ACCESS_LOG"):
        monkeypatch.delenv(name, raising=False)


def test_it_serves_this_machine_alone_and_trusts_no_proxy():
    options = server.options()
    assert (options["host"], options["port"]) == ("127.0.0.1", 8000)
    assert options["proxy_headers"] is False


def test_proxies_are_trusted_by_setting(monkeypatch):
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.1,10.0.0.2")
    options = server.options()
    assert options["proxy_headers"] is True
    assert options["forwarded_allow_ips"] == "10.0.0.1,10.0.0.2"


def test_frames_are_limited_and_the_server_keeps_its_name_to_itself():
    options = server.options()
    assert options["ws_max_size"] == 65536
    assert options["server_header"] is False


def test_uvicorn_takes_every_option():
    import uvicorn

    uvicorn.Config("ourvidz.asgi:application", **server.options())

"""What `/healthz` and `/readyz` say."""

import socket
import threading
import time

import pytest

from ourvidz import health
from ourvidz.media import buckets

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def no_redis(settings):
    """A REDIS_URL at which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.REDIS_URL = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"
        yield


@pytest.fixture
def mute_redis(settings):
    """A REDIS_URL at which something accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.REDIS_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        yield


def test_the_process_is_alive_without_database_and_redis(client, no_redis, monkeypatch):
    def fail() -> None:
        raise AssertionError("must not be asked")

    monkeypatch.setattr(health, "CHECKS", dict.fromkeys(health.CHECKS, fail))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_it_is_ready_when_all_answers(client, redis_url):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "checks": {"database": "ok", "redis": "ok", "buckets": "ok"},
    }


def test_it_names_redis_when_that_is_down(client, no_redis):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "redis": "down", "buckets": "ok"}


def test_it_names_buckets_when_they_are_down(client, redis_url, monkeypatch):
    def broken() -> None:
        raise OSError("no such disk")

    monkeypatch.setattr(buckets, "ensure_buckets", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "redis": "ok", "buckets": "down"}


def test_it_names_the_database_when_that_is_down(client, redis_url, monkeypatch):
    def broken() -> None:
        raise OSError("connection to password@secret-host refused")

    monkeypatch.setitem(health.CHECKS, "database", broken)
    answer = client.get("/readyz")
    assert answer.json()["checks"]["database"] == "down"
    assert b"secret-host" not in answer.content


def test_a_server_that_never_answers_costs_two_seconds(client, mute_redis):
    started = time.monotonic()
    answer = client.get("/readyz")
    assert answer.json()["checks"]["redis"] == "down"
    assert time.monotonic() - started < 4


def test_a_check_that_hangs_is_given_up(client, redis_url, monkeypatch):
    over = threading.Event()
    monkeypatch.setitem(health.CHECKS, "buckets", over.wait)
    try:
        assert client.get("/readyz").json()["checks"]["buckets"] == "down"
    finally:
        over.set()


def test_many_probes_ask_once(client, redis_url, monkeypatch):
    asked = []
    monkeypatch.setitem(health.CHECKS, "buckets", lambda: asked.append(1))
    for _ in range(5):
        client.get("/readyz")
    assert len(asked) == 1


def test_neither_is_kept_by_browsers_and_proxies(client, redis_url):
    for url in ("/healthz", "/readyz"):
        assert "no-store" in client.get(url)["Cache-Control"]


def test_probes_come_without_tls(client, redis_url, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.get("/admin/").status_code == 301

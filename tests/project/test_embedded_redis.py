"""The private Redis of a studio."""

import stat
from pathlib import Path

import pytest
import redis

from ourvidz import embedded_redis
from tests.private_redis import private_redis


def test_it_answers_on_a_socket_that_only_its_owner_can_reach(tmp_path):
    with private_redis(tmp_path) as url:
        assert redis.Redis.from_url(url).ping()
        folder = tmp_path / "redis"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "socket").stat().st_mode) == 0o700


def test_it_listens_on_no_port(tmp_path):
    with private_redis(tmp_path) as url:
        assert redis.Redis.from_url(url).config_get("port") == {"port": "0"}


def test_a_folder_with_a_long_name_works_too(tmp_path):
    folder = tmp_path / ("long" * 30)
    with private_redis(folder) as url:
        assert redis.Redis.from_url(url).ping()
        socket = Path(url.removeprefix("unix://"))
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert not socket.parent.exists()


def test_messages_between_processes_pass(tmp_path):
    with private_redis(tmp_path) as url:
        listener = redis.Redis.from_url(url).pubsub()
        listener.subscribe("group")
        assert listener.get_message(timeout=2)["type"] == "subscribe"
        redis.Redis.from_url(url).publish("group", b"changed")
        assert listener.get_message(timeout=2)["data"] == b"changed"


def test_a_second_terminal_finds_it_while_it_runs(tmp_path):
    with private_redis(tmp_path) as url:
        (tmp_path / embedded_redis.URL_FILE).write_text(url)
        assert embedded_redis.running_url(tmp_path) == url
    assert embedded_redis.running_url(tmp_path) == ""


def test_without_a_studio_there_is_none(tmp_path):
    assert embedded_redis.running_url(tmp_path) == ""


def test_a_machine_without_any_gets_told(monkeypatch, tmp_path):
    monkeypatch.setattr(embedded_redis.shutil, "which", lambda name: None)
    monkeypatch.setattr(embedded_redis.sys, "prefix", str(tmp_path))
    monkeypatch.setattr(embedded_redis.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(embedded_redis.NoRedis, match="set REDIS_URL"):
        embedded_redis.server()


def test_the_machine_s_own_server_is_preferred(monkeypatch):
    monkeypatch.setattr(embedded_redis.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert embedded_redis.server() == "/usr/bin/redis-server"


def test_a_server_that_does_not_start_is_not_waited_for_for_ever(tmp_path):
    with pytest.raises(TimeoutError):
        embedded_redis.wait_until_up(tmp_path / "socket", seconds=0.1)

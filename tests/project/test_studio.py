"""The whole studio as `bin/run` starts it, with real processes."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ourvidz import embedded_redis, studio
from tests.live.processes import PATIENCE, STARTED_WITHIN, free_port, until
from tests.source import ROOT

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]
WORKERS = ("sdxl", "wan", "chat")


class RunningStudio:
    """A studio in `folder`, its output, and its processes as the kernel sees them."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.port = folder, free_port()
        kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
        own = {"OURVIDZ_VAR": str(folder), "PORT": str(self.port)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ourvidz.studio"],
            cwd=ROOT,
            env=kept | own | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def wait_until_ready(self) -> "RunningStudio":
        until(
            lambda: "Ctrl+C stops everything" in self.output or self.process.poll() is not None,
            "the start",
            STARTED_WITHIN,
        )
        assert self.process.poll() is None, self.output
        return self

    @property
    def password(self) -> str:
        return re.search(r"password  (\S+)", self.output)[1]

    def get(self, path: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        return connection.getresponse()

    def processes(self) -> dict[int, str]:
        """Pid -> command line of everything that was started for this folder."""
        mark = f"OURVIDZ_VAR={self.folder}".encode()
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(entry.name)] = command
            except OSError:  # it ended meanwhile
                continue
        return {pid: command for pid, command in found.items() if command}

    def worker(self, lane: str) -> int | None:
        """The pid of the worker that serves `lane`."""
        commands = self.processes().items()
        return next((pid for pid, line in commands if f"rqworker {lane}" in line), None)

    def end(self, number: int) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def clean_up(self) -> None:
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.reader.join(timeout=10)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("studio")


@pytest.fixture
def start(folder):
    """Start a studio in the shared folder; what is left of it is ended after the test."""
    started = []

    def start_one(**environment: str) -> RunningStudio:
        started.append(RunningStudio(folder, **environment))
        return started[-1]

    yield start_one
    for one in started:
        one.clean_up()


def test_a_bare_machine_serves_heals_and_ends(start, folder):
    running = start().wait_until_ready()

    assert running.get("/healthz").status == 200
    ready = running.get("/readyz")
    assert json.loads(ready.read())["checks"] == {"database": "ok", "redis": "ok", "buckets": "ok"}
    assert running.get("/accounts/login/").status == 200
    assert running.password == (folder / "demo-password").read_text()

    until(lambda: all(running.worker(lane) for lane in WORKERS), "a worker on each lane")
    killed = running.worker("sdxl")
    os.kill(killed, signal.SIGKILL)
    until(lambda: running.worker("sdxl") not in {None, killed}, "the worker's return")

    assert running.end(signal.SIGINT) == 0
    until(lambda: not running.processes(), "the end of every process")
    assert embedded_redis.running_url(folder) == ""


def test_a_second_start_keeps_the_data_and_sigterm_ends_it(start):
    first = start().wait_until_ready()
    assert first.end(signal.SIGINT) == 0

    running = start().wait_until_ready()
    assert running.password == first.password
    assert "collected anew" not in running.output
    assert running.end(signal.SIGTERM) == 0
    until(lambda: not running.processes(), "the end of every process")


def test_nothing_outlives_a_studio_that_is_killed(start):
    running = start().wait_until_ready()
    until(lambda: all(running.worker(lane) for lane in WORKERS), "a worker on each lane")
    running.end(signal.SIGKILL)
    until(lambda: not running.processes(), "the end of every process")


def test_a_folder_has_one_studio(start, folder):
    with studio.only_one(folder):
        second = start()
        assert second.process.wait(PATIENCE) == 1
        second.reader.join()
    assert "A studio runs in" in second.output
    assert len(second.lines) == 1


def test_a_taken_port_is_named_in_one_line(start):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = start(PORT=str(port))
        assert refused.process.wait(PATIENCE) == 1
        refused.reader.join()
    assert f"Port {port} of 127.0.0.1 cannot be used" in refused.output
    assert f"PORT={port + 1}" in refused.output
    assert len(refused.lines) == 1


def test_a_setting_that_makes_no_sense_is_named_in_one_line(start):
    refused = start(PORT="eight")
    assert refused.process.wait(PATIENCE) == 1
    refused.reader.join()
    assert refused.lines == ["PORT must be a whole number; it is 'eight'\n"]

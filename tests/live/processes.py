"""A whole studio out of real processes, in a folder of its own and on free ports.

studio = Studio(folder)
studio.start_redis(), studio.prepare(run_folder)
studio.start_web(), studio.start_worker("sdxl", "wan", "chat"), studio.start_schedule()
... studio.url ...
studio.stop()
"""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis, RedisError

from ourvidz.embedded_redis import server

ROOT = Path(__file__).resolve().parents[2]
# Seconds. What works takes a few; a machine that is busy with much else is not a fault.
PATIENCE = 60
STARTED_WITHIN = 120


def ports() -> Iterator[int]:
    """Ports below those that the kernel hands out; other processes of a test run have others."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        for number in range(os.getpid() % 1000, 1000):
            yield 20_000 + 1000 * (worker % 10) + number


_ports = ports()


def free_port() -> int:
    """A port of this machine that nobody listens on, and that nothing else is given meanwhile."""
    while True:
        port = next(_ports)
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """What `condition()` says once that is true; an AssertionError naming `what` if never."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


class Studio:
    """Starts processes, knows them by id, and ends all of them in `stop`.

    `environment` is added to that of every process. The database is SQLite in `folder`
    unless `database_url` names another.
    """

    def __init__(self, folder: Path, *, database_url: str = "", **environment: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.database_url = database_url or f"sqlite:///{folder / 'ourvidz.sqlite3'}"
        self.redis_port, self.web_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.web_port}"
        self.redis = Redis(port=self.redis_port, socket_timeout=2)
        self.processes: list[subprocess.Popen] = []
        self.environment = {
            **os.environ,
            "OURVIDZ_VAR": str(folder),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "HOST": "127.0.0.1",
            "PORT": str(self.web_port),
            "PYTHONUNBUFFERED": "1",
            **environment,
        }

    def start(self, name: str, *command: str, **environment: str) -> subprocess.Popen:
        """Start a process of this studio; its output goes to `folder/NAME.log`."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)
        return process

    def start_redis(self) -> subprocess.Popen:
        options = {"port": str(self.redis_port), "bind": "127.0.0.1", "save": ""}
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        process = self.start("redis", server(), *arguments, "--dir", str(self.folder))
        until(self.redis_answers, "Redis answers")
        return process

    def redis_answers(self) -> bool:
        try:
            return bool(self.redis.ping())
        except RedisError:
            return False

    def manage(self, *arguments: str) -> str:
        """Run a management command to its end; its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def prepare(self, run_folder: Path) -> None:
        """Migrate SQLite and collect static files: once in a test run, then they are copied."""
        pattern, preparing = run_folder / "prepared", run_folder / "preparing"
        with (run_folder / "prepared.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not pattern.exists():
                Studio(preparing).manage("prepare")
                preparing.rename(pattern)
        shutil.copytree(pattern, self.folder, dirs_exist_ok=True)

    def start_web(self) -> subprocess.Popen:
        process = self.start("web", sys.executable, "-m", "ourvidz.server")
        self.wait_for_web(process)
        return process

    def wait_for_web(self, process: subprocess.Popen) -> None:
        """Until the web `process` answers."""

        def answers() -> bool:
            assert process.poll() is None, f"the web process ended ({process.returncode})"
            return self.web_answers()

        until(answers, "the web process answers", STARTED_WITHIN)

    def web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def start_worker(self, *lanes: str, **environment: str) -> subprocess.Popen:
        name = f"worker-{'-'.join(lanes)}"
        return self.start(name, sys.executable, "manage.py", "rqworker", *lanes, **environment)

    def start_remote_worker(
        self, name: str, token: str, lanes: str, **environment: str
    ) -> subprocess.Popen:
        """A worker as on another machine, without this database, this Redis, its packages."""
        elsewhere = {
            "OURVIDZ_VAR": str(self.folder / name),
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "WORKER_SERVER": self.url,
            "WORKER_TOKEN": token,
        }
        command = (sys.executable, "-m", "tests.live.lean_worker", "--lanes", lanes)
        return self.start(name, *command, **elsewhere, **environment)

    def wait_for_worker(self, process: subprocess.Popen) -> None:
        """Until the worker of `process` has told Redis that it is there."""

        def is_there() -> bool:
            assert process.poll() is None, f"the worker ended ({process.returncode})"
            pids = (self.redis.hget(key, "pid") for key in self.redis.keys("rq:worker:*"))
            return str(process.pid).encode() in pids

        until(is_there, f"worker {process.pid} is there", STARTED_WITHIN)

    def start_schedule(self) -> subprocess.Popen:
        return self.start("schedule", sys.executable, "manage.py", "schedule")

    def query(self, sql: str) -> list[tuple]:
        """The rows of a query, read past Django: what any other process would see."""
        if self.database_url.startswith("sqlite"):
            connection: Any = sqlite3.connect(self.database_url.removeprefix("sqlite:///"))
        else:
            connection = psycopg.connect(self.database_url)
        try:
            return list(connection.execute(sql).fetchall())
        finally:
            connection.close()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def kill(self, process: subprocess.Popen) -> None:
        """As if it lost power."""
        process.kill()
        process.wait()

    def end(self, process: subprocess.Popen) -> int:
        """Ask it to end, and wait; its exit status."""
        process.send_signal(signal.SIGTERM)
        return process.wait(PATIENCE)

    def stop(self) -> None:
        """End every process that was started here, Redis last."""
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    self.kill(process)
        self.redis.close()

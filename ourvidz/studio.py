"""The whole studio on one machine: `bin/run` comes here.

Starts a private Redis and every process of the Procfile, starts again what dies, and ends
all of it at one Ctrl+C.
"""

import contextlib
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from django.core.exceptions import ImproperlyConfigured

from ourvidz import embedded_redis
from ourvidz import environment as env
from ourvidz.supervision import Supervised, Supervisor, procfile

BASE_DIR = Path(__file__).resolve().parent.parent
GRACE_SECONDS = 8
TICK_SECONDS = 0.2


class CannotStart(Exception):  # noqa: N818 - the message is for the person at the terminal
    """The studio cannot run here; the message says why and what to do."""


class Studio:
    """The processes of one studio and its loop."""

    def __init__(self, folder: Path, host: str, port: int) -> None:
        self.folder, self.host, self.port = folder, host, port
        self.supervisor = Supervisor()
        self.socket: Path | None = None  # of the private Redis
        self.stopping = self.welcomed = False
        self.environment = os.environ | {
            "OURVIDZ_VAR": str(folder),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONUNBUFFERED": "1",
        }

    def run(self) -> int:
        """Serve until a signal; the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            if not env.text("REDIS_URL"):
                self._start_redis()
            if not self._prepare():
                return 0 if self.stopping else 1
            for name, command in procfile(BASE_DIR / "Procfile"):
                self._add(name, ["sh", "-c", f"exec {command}"])
            while not self.stopping:
                self.supervisor.tick(TICK_SECONDS)
                self._welcome_once()
        finally:
            self._end_all()
        return 0

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _add(self, name: str, command: list[str]) -> None:
        self.supervisor.add(Supervised(name, command, BASE_DIR, self.environment))

    def _start_redis(self) -> None:
        self.socket = path = embedded_redis.socket_in(self.folder)
        path.unlink(missing_ok=True)
        self._add("redis", embedded_redis.command(path))
        embedded_redis.wait_until_up(path)
        self.environment["REDIS_URL"] = embedded_redis.url(path)
        (self.folder / embedded_redis.URL_FILE).write_text(embedded_redis.url(path))

    def _prepare(self) -> bool:
        """Migrate, make buckets, collect static files and the demo user, in one process."""
        command = [sys.executable, "manage.py", "prepare", "--demo"]
        process = subprocess.Popen(  # noqa: S603
            command, cwd=BASE_DIR, env=self.environment, start_new_session=True
        )
        while process.poll() is None:
            if self.stopping:
                process.terminate()
            time.sleep(0.02)
        return process.returncode == 0 and not self.stopping

    def _welcome_once(self) -> None:
        if not self.welcomed and answers(self.host, self.port):
            self.welcomed = True
            print(welcome(self.folder, self.host, self.port), flush=True)  # noqa: T201

    def _end_all(self) -> None:
        """Redis goes last, so that the others can still take their leave of it."""
        processes = self.supervisor.processes
        self.supervisor.end((p for p in processes if p.name != "redis"), GRACE_SECONDS)
        self.supervisor.end((p for p in processes if p.name == "redis"), 2)
        if self.socket:
            (self.folder / embedded_redis.URL_FILE).unlink(missing_ok=True)
            embedded_redis.forget(self.socket)


def reachable(host: str) -> str:
    """The address at which this machine reaches a server that listens on `host`."""
    return "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104


def answers(host: str, port: int) -> bool:
    """Whether the web process is there; any answer will do, also one that asks for HTTPS."""
    connection = http.client.HTTPConnection(reachable(host), port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def welcome(folder: Path, host: str, port: int) -> str:
    """What a person needs to know once the studio answers."""
    kept = folder / "demo-password"
    password = env.text("OURVIDZ_DEMO_PASSWORD") or (kept.read_text() if kept.exists() else "")
    return f"""
  OurVidz is ready at http://{reachable(host)}:{port}/

    user      demo
    password  {password or "the one that you set"}
    files     {folder}

  Ctrl+C stops everything.
"""


def refuse_taken_port(host: str, port: int) -> None:
    """Raise CannotStart if something else listens on the port already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} of {host} cannot be used ({error.strerror}). "
                f"Choose another: PORT={port + 1} bin/run"
            ) from error


@contextlib.contextmanager
def only_one(folder: Path):
    """Hold the lock of `folder`; CannotStart if another studio has it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock: IO[str]
    with (folder / "studio.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(
                f"A studio runs in {folder} already. Give this one a folder of its own: "
                "OURVIDZ_VAR=... PORT=... bin/run"
            ) from error
        yield


def main() -> int:
    try:
        env.load_dotenv(BASE_DIR / ".env")
        folder = Path(env.text("OURVIDZ_VAR", str(BASE_DIR / "var"))).resolve()
        host, port = env.text("HOST", "127.0.0.1"), env.number("PORT", 8000, 1)
        with only_one(folder):
            refuse_taken_port(host, port)
            return Studio(folder, host, port).run()
    except (CannotStart, ImproperlyConfigured, embedded_redis.NoRedis, TimeoutError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main())

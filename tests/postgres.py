"""Run a command with DATABASE_URL set to a real, fresh PostgreSQL: `python -m tests.postgres ...`.

Takes the newest PostgreSQL of the machine, else the one of the wheel that `bin/environment`
unpacks. A DATABASE_URL that names a PostgreSQL already is used as it is.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

STARTED_WITHIN_SECONDS = 30
SERVERS = Path(sys.prefix) / "servers"
IN_WHEEL = Path("pgserver", "pginstall", "bin")
# Tests throw the data away, so nothing need survive a crash.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


def programs() -> Path | None:
    """The folder with `initdb` and `postgres`; None if there is none."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    packaged = Path("/usr/lib/postgresql").glob("*/bin")
    for folder in sorted(packaged, key=lambda path: int(path.parent.name), reverse=True):
        if (folder / "initdb").exists():
            return folder
    return SERVERS / IN_WHEEL if (SERVERS / IN_WHEEL).is_dir() else None


def account() -> dict:
    """Popen's arguments: PostgreSQL refuses to run as root, so root hands it to another user."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL that lives as long as the context."""
    binaries, owner = programs(), account()
    if binaries is None:
        raise SystemExit("No PostgreSQL: install the package postgresql, or set DATABASE_URL.")
    with tempfile.TemporaryDirectory(
        prefix="ourvidz-postgres-", ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        if owner:
            binaries = readable_by_all(binaries, folder)
            os.chown(folder, owner["user"], owner["group"])
        server = start(binaries, folder, owner)
        try:
            yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # "fast": ends open connections
            server.wait(timeout=STARTED_WITHIN_SECONDS)


def readable_by_all(binaries: Path, folder: Path) -> Path:
    """The wheel may lie where only root may look; then a copy in `folder`, with its libraries."""
    if binaries != SERVERS / IN_WHEEL:
        return binaries
    for part in ("pgserver", "pgserver.libs"):
        shutil.copytree(SERVERS / part, folder / part, symlinks=True)
    return folder / IN_WHEEL


def start(binaries: Path, folder: Path, owner: dict) -> subprocess.Popen[bytes]:
    """A server that accepts connections on a socket in `folder`."""
    data = folder / "data"
    initdb = [binaries / "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8"]
    common = {"cwd": folder, **owner}
    subprocess.run(
        [*initdb, "--no-sync", "--locale=C", f"--pgdata={data}"],
        check=True,
        stdout=subprocess.DEVNULL,
        **common,
    )
    options = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", folder, *options],
            stdout=log,
            stderr=log,
            start_new_session=True,  # a Ctrl+C ends the tests first, then the server
            **common,
        )
    wait_until_up(server, folder)
    return server


def wait_until_up(server: subprocess.Popen[bytes], folder: Path) -> None:
    """The last line of the lock file says "ready" once connections are accepted."""
    lock = folder / "data" / "postmaster.pid"
    deadline = time.monotonic() + STARTED_WITHIN_SECONDS
    while not (lock.exists() and lock.read_text().rstrip().endswith("ready")):
        if server.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
        time.sleep(0.05)


def main(command: list[str]) -> int:
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return subprocess.run(command, check=False).returncode
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with postgres() as url:
        environment = os.environ | {"DATABASE_URL": url}
        return subprocess.run(command, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

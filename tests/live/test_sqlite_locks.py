"""A process with threads never loses its lock on SQLite's file (ourvidz.operations.sqlite_anchor).

Where it does, another process throws away rows that were committed.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.processes import ROOT

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not Path("/proc/locks").exists(), reason="reads Linux's list of locks"),
]


def come_and_go(folder: Path, **environment: str) -> tuple[int, int, int]:
    """Whether it was locked with every connection closed; and how often with one open, or not."""
    path = folder / "ourvidz.sqlite3"
    done = subprocess.run(
        [sys.executable, "-m", "tests.live.connections", str(path)],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "ourvidz.settings",
            "OURVIDZ_VAR": str(folder),
            "DATABASE_URL": f"sqlite:///{path}",
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    after, locked, unlocked = map(int, done.stdout.split())
    return after, locked, unlocked


def test_the_lock_outlives_every_connection_and_is_never_lost(tmp_path):
    after, locked, unlocked = come_and_go(tmp_path, SECONDS="3")
    assert after == 1, "no descriptor of the file is ever closed"
    assert locked > 10, "it was looked at"
    assert unlocked == 0


def test_without_it_the_lock_goes_with_the_last_connection(tmp_path):
    after, *_ = come_and_go(tmp_path, SECONDS="0", ANCHOR="off")
    assert after == 0

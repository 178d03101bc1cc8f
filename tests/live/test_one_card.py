"""Worker processes that share a card, one of which is killed while it has a model there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.processes import ROOT

pytestmark = pytest.mark.live


def start(folder: Path, lane: str, jobs: int, **environment: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.live.card", str(folder), lane, str(jobs)],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "ourvidz.settings",
            "OURVIDZ_VAR": str(folder),
            **environment,
        },
        stdout=subprocess.PIPE,
        text=True,
    )


def test_three_that_do_not_fit_together_all_do_their_work(tmp_path):
    killed = start(tmp_path, "wan", 1, PACE="600")
    assert killed.stdout.readline() == "job 0\n", "it has its model, and is at work"
    workers = [start(tmp_path, lane, 4) for lane in ("sdxl", "chat", "wan")]
    assert workers[0].stdout.readline() == "job 0\n", "one fits beside it"
    killed.kill()
    killed.wait()
    for worker in workers:
        out, _ = worker.communicate(timeout=60)
        assert worker.returncode == 0
        assert "job 3" in out
        assert float(out.split()[-1]) <= 46, "never more than the card has"

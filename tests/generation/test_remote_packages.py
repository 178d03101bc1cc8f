"""A remote worker needs the packages of requirements-worker.txt, and nothing of the studio."""

import json
import os
import subprocess
import sys

import pytest

from tests.generation.fake_studio import job, running
from tests.live.lean_worker import unlisted
from tests.live.processes import until
from tests.source import ROOT

STUDIOS_OWN = {"rq", "redis", "django_rq", "psycopg", "channels_redis", "boto3", "storages"}


@pytest.fixture
def server():
    with running([job(1, "sdxl", "image"), job(2, "wan", "video")]) as server:
        yield server


@pytest.fixture
def worker(server, tmp_path):
    """One in an environment that names nothing of a studio."""
    studio_alone = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
    own = {name: value for name, value in os.environ.items() if name not in studio_alone}
    process = subprocess.Popen(
        (sys.executable, "-m", "tests.live.lean_worker", "--lanes", "sdxl,wan"),
        cwd=ROOT,
        env={
            **own,
            "WORKER_SERVER": server.url,
            "WORKER_TOKEN": "ovw_token",
            "OURVIDZ_VAR": str(tmp_path / "var"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process
    process.kill()
    process.wait()


def test_it_makes_a_picture_and_a_clip_with_its_own_packages_alone(server, worker, tmp_path):
    assert unlisted() >= STUDIOS_OWN
    until(lambda: server.idle.is_set() or worker.poll() is not None, "it asks for a third job")
    worker.terminate()
    output = worker.communicate(timeout=30)[0]
    assert worker.returncode == 0, output
    claim = json.loads(server.asked[0][1])
    assert claim["backends"] == {"sdxl": "preview", "wan": "preview"}
    assert server.ends() == ["completed", "completed"]
    outputs = server.told("/outputs")
    assert b"\x89PNG" in outputs[0]
    assert b"ftyp" in outputs[1]
    assert server.asked[-1][0] == "worker/departure"
    assert not (tmp_path / "var").exists(), "nothing of a studio is made"

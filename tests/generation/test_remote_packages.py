"""A remote worker needs the packages of requirements-worker.txt, and nothing of the studio."""

import json
import os
import subprocess
import sys
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from uuid import UUID

import pytest

from generation.backends.base import RenderTask
from generation.model_spec import ModelSpec
from generation.remote.messages import ClaimAnswer, JobMessage, RenderMessage
from tests.live.lean_worker import unlisted
from tests.live.processes import until
from tests.source import ROOT

STUDIOS_OWN = {"rq", "redis", "django_rq", "psycopg", "channels_redis", "boto3", "storages"}


def task(mode: str) -> RenderTask:
    return RenderTask(
        model="sdxl",
        mode=mode,
        prompt="a boat at dawn",
        original_prompt="a boat",
        negative_prompt="",
        width=64,
        height=36,
        seed=7,
        steps=2,
        guidance=7.0,
        indices=(0,),
        frames=5 if mode == "video" else 1,
        frames_per_second=Fraction(16),
    )


def job(number: int, lane: str, mode: str) -> JobMessage:
    return JobMessage(
        id=UUID(int=number),
        fence=1,
        lane=lane,
        count=1,
        lease_seconds=45,
        direct_uploads=False,
        model=ModelSpec(lane, lane, lane).as_dict(),
        render=RenderMessage.of(task(mode), []),
    )


class Answers(BaseHTTPRequestHandler):
    """Notes what it is asked in the server's `asked`, and hands out its `jobs` until it is idle."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path.removeprefix("/api/v1/"), body))
        answer = b"{}"
        if self.path.endswith("/claim"):
            next_job = self.server.jobs.pop(0) if self.server.jobs else None
            if next_job is None:
                self.server.idle.set()
            answer = ClaimAnswer(job=next_job).model_dump_json().encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments) -> None:
        """The worker's own output is enough."""


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.asked, server.idle = [], Event()
    server.jobs = [job(1, "sdxl", "image"), job(2, "wan", "video")]
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


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
            "WORKER_SERVER": f"http://127.0.0.1:{server.server_port}",
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
    ends = [json.loads(body) for path, body in server.asked if path == "generation-complete"]
    assert [end["status"] for end in ends] == ["completed", "completed"]
    outputs = [body for path, body in server.asked if path.endswith("/outputs")]
    assert b"\x89PNG" in outputs[0]
    assert b"ftyp" in outputs[1]
    assert server.asked[-1][0] == "worker/departure"
    assert not (tmp_path / "var").exists(), "nothing of a studio is made"

"""A studio as a remote worker sees it: it hands out jobs and notes what it is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from uuid import UUID

from generation.backends.base import RenderTask
from generation.model_spec import ModelSpec
from generation.remote.messages import ClaimAnswer, JobMessage, RenderMessage


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
        if self.server.is_cut_off():
            self.close_connection = True
            return
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


class FakeStudio(ThreadingHTTPServer):
    """`is_cut_off` says whether connections end without an answer."""

    def __init__(self, jobs: list[JobMessage]) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.jobs, self.asked, self.idle = jobs, [], Event()
        self.is_cut_off = lambda: False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def told(self, path: str) -> list[bytes]:
        """The bodies that came to addresses that end so."""
        return [body for asked, body in self.asked if asked.endswith(path)]

    def ends(self) -> list[str]:
        """How jobs ended."""
        return [json.loads(body)["status"] for body in self.told("generation-complete")]


@contextmanager
def running(jobs: list[JobMessage]) -> Iterator[FakeStudio]:
    studio = FakeStudio(jobs)
    Thread(target=studio.serve_forever, daemon=True).start()
    try:
        yield studio
    finally:
        studio.shutdown()
        studio.server_close()

"""An event to 1,000 open pages of one web process: `python benchmarks/sockets.py [--users 100]`.

So many people have 1,000 sockets open between them. A job of each is changed at once, so that its
HTML goes to all pages, and then gets further, which is a few numbers. Printed is how long it took
from the first announcement until every socket had its message, each five times, and how much
processor time the web process took for it.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import websockets

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.live.processes import ROOT, Studio

SOCKETS = 1000
REPEATS = 5
LONGEST_SECONDS = 20
FILL = """
import json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from ourvidz.accounts.models import User
from tests.factories import make_job, make_workspace_asset
sessions = []
for number in range({users}):
    user = User.objects.create(username=f"user{{number}}", password="!")
    job = make_job(user, status="running", progress={{"step": 5, "steps": 25}})
    make_workspace_asset(job, 0)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    sessions.append(session.session_key)
print(json.dumps(sessions))
"""
ANNOUNCE = """
import sys, time
from generation.models import Job
from ourvidz.live import announce
jobs = list(Job.objects.values_list("owner_id", "pk"))
announce(0, "job.changed", jobs[0][1])
print("ready", flush=True)
for kind in sys.stdin:
    began = time.time()
    for owner, job in jobs:
        announce(owner, kind.strip(), job)
    print(began, time.time() - began, flush=True)
"""


class Page:
    """One socket, and when it last had a message of a kind."""

    def __init__(self) -> None:
        self.heard: dict[str, float] = {}

    async def open(self, studio: Studio, session: str) -> None:
        self.socket = await websockets.connect(
            f"{studio.url.replace('http', 'ws')}/ws/workspace/",
            origin=studio.url,
            additional_headers={"Cookie": f"sessionid={session}"},
            compression=None,
            ping_interval=None,
            open_timeout=LONGEST_SECONDS,
        )
        self.listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for message in self.socket:
            kind = message.split('"', 4)[3]  # the first value; parsing all would be the measurement
            self.heard[kind] = time.time()


def processor_seconds(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


async def announced(announcer: subprocess.Popen, pages: list[Page], kind: str) -> tuple:
    """Seconds until all were announced, until half of the pages knew, and until all did."""
    for page in pages:
        page.heard.clear()
    announcer.stdin.write(f"job.{'changed' if kind == 'job' else kind}\n")
    announcer.stdin.flush()
    began, sending = map(float, (await asyncio.to_thread(announcer.stdout.readline)).split())
    while not all(kind in page.heard for page in pages):
        told = sum(kind in page.heard for page in pages)
        assert time.time() - began < LONGEST_SECONDS, f"{told} of {len(pages)} pages were told"
        await asyncio.sleep(0.01)
    waits = sorted(page.heard[kind] - began for page in pages)
    return sending, waits[len(waits) // 2], waits[-1]


async def measure(
    studio: Studio, sessions: list[str], announcer: subprocess.Popen, web: subprocess.Popen
) -> None:
    pages = [Page() for _ in range(SOCKETS)]
    began = time.perf_counter()
    for start in range(0, SOCKETS, 50):
        some = enumerate(pages[start : start + 50], start)
        await asyncio.gather(
            *(page.open(studio, sessions[number % len(sessions)]) for number, page in some)
        )
    print(f"{SOCKETS} sockets open after {time.perf_counter() - began:.1f} s")
    for kind in ("job", "progress"):
        for _ in range(REPEATS):
            before = processor_seconds(web.pid)
            sent, half, whole = await announced(announcer, pages, kind)
            spent = processor_seconds(web.pid) - before
            print(f"{kind}: sent {sent:.2f}, half {half:.2f}, all {whole:.2f}; web {spent:.2f} s")
    for page in pages:
        page.listening.cancel()
        await page.socket.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=100)
    users = parser.parse_args().users
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Path(folder))
        try:
            studio.start_redis()
            studio.prepare()
            sessions = json.loads(studio.manage("shell", "-v0", "-c", FILL.format(users=users)))
            web = studio.start_web()
            announcer = subprocess.Popen(
                [sys.executable, "manage.py", "shell", "-v0", "-c", ANNOUNCE],
                cwd=ROOT,
                env=studio.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            studio.processes.append(announcer)
            announcer.stdout.readline()
            asyncio.run(measure(studio, sessions, announcer, web))
            pages = int(Path(f"/proc/{web.pid}/statm").read_text().split()[1])
            print(f"memory of the web process: {pages * 4096 / 1e6:.0f} MB")
        finally:
            studio.stop()


if __name__ == "__main__":
    main()

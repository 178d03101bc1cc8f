"""Compare ASGI servers on what the studio asks of one: `python benchmarks/asgi_server.py`.

Each server runs alone, as one process on loopback, and is asked by one client process for a
trivial Django page, a 60 KB static file (WhiteNoise), and echoes over 200 websockets
(Channels). Servers that are not installed are left out. Takes about 20 s per server.
"""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SECONDS = 5.0
HTTP_CONNECTIONS = 16
SOCKETS = 200
STATIC_BYTES = 60_000
PAYLOAD = b"x" * 100
HERE = Path(__file__).resolve().parent

COMMANDS = {
    "uvicorn": "uvicorn asgi_server:application --port {port} --lifespan off --log-level error "
    "--http httptools --loop uvloop --ws websockets-sansio --no-access-log",
    "granian": "granian asgi_server:application --interface asginl --port {port} --no-log "
    "--workers 1 --loop uvloop",
    "daphne": "daphne asgi_server:application -p {port} -v 0",
    "hypercorn": "hypercorn asgi_server:application --bind 127.0.0.1:{port} -k uvloop",
}


def make_application(static: str):
    """An application in the shape of ours: Django behind its middleware, sockets by Channels."""
    from django.conf import settings

    settings.configure(
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="benchmark",
        ROOT_URLCONF=__name__,
        STATIC_ROOT=static,
        STATIC_URL="/static/",
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "django.middleware.common.CommonMiddleware",
        ],
        LOGGING_CONFIG=None,
    )
    from channels.generic.websocket import AsyncWebsocketConsumer
    from channels.routing import ProtocolTypeRouter, URLRouter
    from django.core.asgi import get_asgi_application
    from django.http import HttpResponse
    from django.urls import path

    class Echo(AsyncWebsocketConsumer):
        async def receive(self, text_data=None, bytes_data=None):
            await self.send(text_data=text_data, bytes_data=bytes_data)

    django_application = get_asgi_application()
    globals()["urlpatterns"] = [path("page/", lambda request: HttpResponse("<h1>Hello</h1>"))]
    return ProtocolTypeRouter(
        {
            "http": django_application,
            "websocket": URLRouter([path("echo/", Echo.as_asgi())]),
        }
    )


if folder := os.environ.get("BENCHMARK_STATIC"):
    application = make_application(folder)


@contextlib.contextmanager
def serving(name: str, static: Path) -> Iterator[tuple[int, int]]:
    """Run a server; its port and pid."""
    port = free_port()
    command = [sys.executable, "-m", *COMMANDS[name].format(port=port).split()]
    server = subprocess.Popen(
        command,
        cwd=HERE,
        env=os.environ | {"BENCHMARK_STATIC": str(static)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until_up(port)
        yield port, server.pid
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_up(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on {port}")


def memory_of(pid: int) -> float:
    """Megabytes held by a process and its children."""
    pages, pids = 0, [pid]
    while pids:
        current = pids.pop()
        pages += int(Path(f"/proc/{current}/statm").read_text().split()[1])
        children = Path(f"/proc/{current}/task/{current}/children").read_text()
        pids += [int(child) for child in children.split()]
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


async def ask_over_and_over(port: int, path: str, until: float) -> list[float]:
    """Seconds of each request on one kept-alive connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    took = []
    while (started := time.perf_counter()) < until:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200"), head
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        took.append(time.perf_counter() - started)
    writer.close()
    return took


async def echo_over_and_over(port: int, start: asyncio.Event, seconds: float) -> list[float]:
    """Seconds of each message there and back on one socket."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"GET /echo/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101"), head
    # A text frame with a mask of zeros (RFC 6455, 5.2); the answer has none.
    frame = bytes([0x81, 0x80 | len(PAYLOAD), 0, 0, 0, 0]) + PAYLOAD
    await start.wait()
    until, took = time.perf_counter() + seconds, []
    while (started := time.perf_counter()) < until:
        writer.write(frame)
        answer = await reader.readexactly(2 + len(PAYLOAD))
        assert answer[2:] == PAYLOAD
        took.append(time.perf_counter() - started)
    writer.close()
    return took


async def load_of(port: int, path: str) -> list[float]:
    until = time.perf_counter() + SECONDS
    clients = (ask_over_and_over(port, path, until) for _ in range(HTTP_CONNECTIONS))
    return [took for one in await asyncio.gather(*clients) for took in one]


async def echo_load(port: int) -> list[float]:
    start = asyncio.Event()
    clients = [
        asyncio.create_task(echo_over_and_over(port, start, SECONDS)) for _ in range(SOCKETS)
    ]
    await asyncio.sleep(2)  # all are open
    start.set()
    return [took for client in clients for took in await client]


def figures(took: list[float]) -> str:
    """Answers per second, and the median and 95th percentile of how long they took."""
    cuts = statistics.quantiles(took, n=20)
    return f"{len(took) / SECONDS:6.0f}/s {1000 * cuts[9]:6.1f} {1000 * cuts[18]:6.1f} ms"


def measure(name: str, static: Path) -> str:
    with serving(name, static) as (port, pid):
        asyncio.run(ask_briefly(port))
        page = figures(asyncio.run(load_of(port, "/page/")))
        file = figures(asyncio.run(load_of(port, "/static/file.bin")))
        echo = figures(asyncio.run(echo_load(port)))
        return f"| {name} | {page} | {file} | {echo} | {memory_of(pid):.0f} MB |"


async def ask_briefly(port: int) -> None:
    """Warm up, so that no first import is measured."""
    await ask_over_and_over(port, "/page/", time.perf_counter() + 0.5)


def main() -> None:
    static = Path(tempfile.mkdtemp(prefix="ourvidz-benchmark-"))
    (static / "file.bin").write_bytes(os.urandom(STATIC_BYTES))
    try:
        print("| server | page | 60 KB file | echo, 200 sockets | memory |\n|---|---|---|---|---|")
        for name in COMMANDS:
            if importlib.util.find_spec(name):
                print(measure(name, static), flush=True)
    finally:
        shutil.rmtree(static)


if __name__ == "__main__":
    main()

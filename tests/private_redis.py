"""A real Redis for one test or one session."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ourvidz import embedded_redis


@contextlib.contextmanager
def private_redis(folder: Path) -> Iterator[str]:
    """The REDIS_URL of a server that lives as long as the context."""
    path = embedded_redis.socket_in(folder)
    server = subprocess.Popen(embedded_redis.command(path), start_new_session=True)
    try:
        embedded_redis.wait_until_up(path)
        yield embedded_redis.url(path)
    finally:
        server.terminate()
        server.wait(timeout=10)
        embedded_redis.forget(path)

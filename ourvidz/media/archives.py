"""Zips that are made while they are sent: memory stays flat whatever their size."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Generator

from django.db import connections

BLOCK = 256 * 1024  # bytes
RUNNING_PER_USER = 2  # of this process, whatever they are made of

_running: Counter[int] = Counter()


def may_start(user_id: int) -> bool:
    """Whether fewer than RUNNING_PER_USER of the user's zips are being sent."""
    return _running[user_id] < RUNNING_PER_USER


async def stream(user_id: int, blocks: Generator[bytes, None, None]) -> AsyncIterator[bytes]:
    """`blocks`, each made in a thread; counts as running until all are sent or nobody reads."""
    _running[user_id] += 1
    try:
        while (block := await asyncio.to_thread(_next, blocks)) is not None:
            yield block
    finally:
        _running[user_id] -= 1
        await asyncio.to_thread(blocks.close)


def _next(blocks: Generator[bytes, None, None]) -> bytes | None:
    """The next block; each may come from another thread, which keeps no connection."""
    try:
        return next(blocks, None)
    finally:
        connections.close_all()


class Sink:
    """What a ZipFile writes to; the bytes are taken out as they come."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back; ZipFile asks for it."""

    def taken(self) -> bytes:
        parts, self.parts = self.parts, []
        return b"".join(parts)

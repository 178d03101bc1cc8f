"""Zips that are made while they are sent: memory stays flat whatever their size."""

import asyncio
import time
from collections.abc import AsyncIterator, Generator

from django.db import connections

from ourvidz.media import archive_slots
from ourvidz.media.archive_slots import Slot

BLOCK = 256 * 1024  # bytes
RENEW_SECONDS = 10


class TooManyArchives(Exception):  # noqa: N818 - said as a sentence
    """The user's other zips are still on their way."""


def may_start(user_id: int) -> bool:
    """Whether another zip of the user's may be sent now; `take_slot` makes sure of it."""
    return archive_slots.is_free(user_id)


def take_slot(user_id: int) -> Slot:
    """The right to `stream` one zip; TooManyArchives while others of the user's are sent."""
    slot = archive_slots.take(user_id)
    if slot is None:
        raise TooManyArchives
    return slot


async def stream(
    user_id: int, blocks: Generator[bytes, None, None], slot: Slot | None = None
) -> AsyncIterator[bytes]:
    """`blocks`, each made in a thread; holds the slot until all are sent or nobody reads.

    Without a slot it takes one, which is too late for a reply that says there is none.
    """
    if slot is None:
        slot = await asyncio.to_thread(take_slot, user_id)
    renewed = time.monotonic()
    try:
        while (block := await asyncio.to_thread(_next, blocks)) is not None:
            yield block
            if time.monotonic() - renewed > RENEW_SECONDS:
                await asyncio.to_thread(slot.renew)
                renewed = time.monotonic()
    finally:
        await asyncio.to_thread(slot.give_back)
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

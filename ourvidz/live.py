"""Tell a user's open pages that a job or the library changed, and who waits for a lane to look.

A message carries ids only. The page's consumer reads the rest from the database, so a
message that is lost, doubled or late can do no harm.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def group_of(user_id: int) -> str:
    """The channel group of the pages that show jobs of `user_id`."""
    return f"user.{user_id}"


def announce(user_id: int, kind: str, job_id: UUID | str) -> None:
    """Send `{"type": kind, "job": id}` to the user's pages once the transaction is committed.

    `kind` is "job.changed" (its row or assets changed) or "job.progress" (only its progress).
    Redis being away is logged and otherwise ignored: pages catch up by themselves.
    """
    _send_on_commit(group_of(user_id), {"type": kind, "job": str(job_id)})


def library_group_of(user_id: int) -> str:
    """The channel group of the pages that show the library of `user_id`."""
    return f"library.{user_id}"


def announce_library(user_id: int) -> None:
    """Have the user's library pages look again once the transaction is committed."""
    _send_on_commit(library_group_of(user_id), {"type": "library.changed"})


def session_group_of(user_id: int) -> str:
    """The channel group of all sockets of `user_id`."""
    return f"session.{user_id}"


def announce_session(user_id: int) -> None:
    """Have the user's sockets look whether their sessions still hold."""
    _send_on_commit(session_group_of(user_id), {"type": "session.changed"})


def ring(lane: str) -> None:
    """Have those that wait for a job of `lane` look once the transaction is committed."""
    transaction.on_commit(lambda: _send(_bell_of(lane), {"type": "lane.woken"}), robust=True)


class Doorbell:
    """Waits for `ring` of any of `lanes`, within the `async with` block.

    Without Redis it only sleeps, so nobody may wait for it longer than a job can.
    """

    def __init__(self, lanes: Sequence[str]) -> None:
        self._layer = get_channel_layer()
        self._groups = [_bell_of(lane) for lane in lanes]
        self._channel = ""
        self._rung: asyncio.Task | None = None

    async def __aenter__(self) -> "Doorbell":
        if self._layer is None:
            return self
        try:
            self._channel = await self._layer.new_channel("bell")
            for group in self._groups:
                await self._layer.group_add(group, self._channel)
            self._listen()
        except (OSError, RedisError) as error:
            logger.warning("nobody is rung for, who waits looks by themselves: %s", error)
        return self

    async def __aexit__(self, *exc_info) -> None:
        if self._rung is None or self._layer is None:
            return
        self._rung.cancel()
        with suppress(OSError, RedisError):
            for group in self._groups:
                await self._layer.group_discard(group, self._channel)

    async def wait(self, seconds: float) -> None:
        """Until it rings, `seconds` at most."""
        if self._rung is None:
            await asyncio.sleep(seconds)
            return
        done, _ = await asyncio.wait({self._rung}, timeout=seconds)
        if not done:
            return
        if self._rung.exception() is not None:  # Redis went away
            self._rung = None
            await asyncio.sleep(seconds)
        else:
            self._listen()

    def _listen(self) -> None:
        # One wait for as long as it takes: a channel is gone once a wait for it was broken off.
        self._rung = asyncio.ensure_future(self._layer.receive(self._channel))


def _bell_of(lane: str) -> str:
    return f"lane.{lane}"


def _send_on_commit(group: str, message: dict) -> None:
    transaction.on_commit(lambda: _send(group, message), robust=True)


def _send(group: str, message: dict) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group, message)
    except (OSError, RedisError) as error:
        logger.warning("live update not sent: %s", error)

"""Tell a user's open pages that one of their jobs changed.

A message carries ids only. The page's consumer reads the rest from the database, so a
message that is lost, doubled or late can do no harm.
"""

import logging
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def group_of(user_id: int) -> str:
    """The channel group of everything that `user_id` may see."""
    return f"user.{user_id}"


def announce(user_id: int, kind: str, job_id: UUID | str) -> None:
    """Send `{"type": kind, "job": id}` to the user's pages once the transaction is committed.

    `kind` is "job.changed" (its row or assets changed) or "job.progress" (only its progress).
    Redis being away is logged and otherwise ignored: pages catch up by themselves.
    """
    _send_on_commit(user_id, {"type": kind, "job": str(job_id)})


def announce_session(user_id: int) -> None:
    """Have the user's sockets look whether their sessions still hold."""
    _send_on_commit(user_id, {"type": "session.changed"})


def _send_on_commit(user_id: int, message: dict) -> None:
    transaction.on_commit(lambda: _send(group_of(user_id), message), robust=True)


def _send(group: str, message: dict) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group, message)
    except (OSError, RedisError) as error:
        logger.warning("live update not sent: %s", error)

"""Wake-ups for the lanes: hints in Redis that a worker should look into the database.

A wake-up that is lost costs seconds, never a job: workers also look by themselves, and the
schedule wakes lanes that have something to do.
"""

import logging
from functools import cache

import django_rq
from django.conf import settings
from django.db import transaction
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue

from generation.models import Job
from generation.vocabulary import Lane
from ourvidz import live

logger = logging.getLogger(__name__)

# Named, not imported: a worker changes jobs, and what changes jobs wakes lanes.
TAKE_NEXT = "generation.worker.take_next"
FUNCTIONS = frozenset({TAKE_NEXT})  # all that a message may ask a worker for
# As many waiting wake-ups as a lane has workers are enough, for each worker goes on until
# nothing is left; more would only grow while nobody listens.
ENOUGH_WAITING = 16


@cache
def _connection() -> Redis:
    """One pool for the process that gives up at once: a request must not wait for Redis."""
    return Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=1,
        socket_timeout=1,
        retry=Retry(NoBackoff(), retries=1),
    )


def wake(lane: str) -> None:
    """Wake a worker of `lane` once the transaction is committed.

    Redis being away is logged and otherwise ignored.
    """
    transaction.on_commit(lambda: _enqueue(lane), robust=True)
    live.ring(lane)


def _enqueue(lane: str) -> None:
    try:
        queue: Queue = django_rq.get_queue(lane, connection=_connection())
        if queue.count < ENOUGH_WAITING:
            queue.enqueue(TAKE_NEXT, lane)
    except (RedisError, OSError) as error:
        logger.warning("lane %s not woken, its workers will look by themselves: %s", lane, error)


def wake_waiting() -> list[str]:
    """Wake each lane where a job may start, in case its own wake-up was lost."""
    lanes = [lane for lane in Lane.values if Job.objects.waiting(lane).exists()]
    for lane in lanes:
        wake(lane)
    return lanes

"""Waiting for a database or a store that is away: what was rendered is not thrown away."""

import errno
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connections

from ourvidz.stopping import stopping

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

DATABASE_AWAY = (OperationalError, InterfaceError)
PATIENCE_SECONDS = 600
LONGEST_PAUSE_SECONDS = 15
DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


def insist(do: Callable[[], Result], what: str, before_retry: Callable[[], None]) -> Result:
    """`do()`, again and again for ten minutes while the database or the store is away.

    `before_retry` may raise to give up. A full disk is raised at once: it does not mend itself.
    """
    waited, pause = 0, 1
    while True:
        try:
            return do()
        except (*DATABASE_AWAY, OSError) as error:
            if waited >= PATIENCE_SECONDS or is_disk_full(error):
                raise
            logger.warning("%s: trying again in %s s: %s", what, pause, error)
        connections.close_all()
        stopping.wait(pause)
        before_retry()
        waited, pause = waited + pause, min(2 * pause, LONGEST_PAUSE_SECONDS)


@contextmanager
def unless_away(what: str) -> Iterator[None]:
    """Pass over a database that is away: that `what` is logged. Leaves no connection open.

    For a thread that does the same again in a while.
    """
    try:
        yield
    except DATABASE_AWAY as error:
        logger.warning("%s: %s", what, error)
    finally:
        connections.close_all()


def is_disk_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in DISK_FULL

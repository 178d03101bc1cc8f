"""How often one user may change something: a bucket of changes that fills up again by itself.

Each web process counts for itself, so that counting costs nothing and waits for nothing.
"""

import time
from math import ceil
from threading import Lock

from django.conf import settings

from ourvidz.errors import LimitError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
TOO_OFTEN = "That is more than {most} changes a minute. Wait {wait} s and go on."
MOST_REMEMBERED = 10_000  # users

_left: dict[int, tuple[float, float]] = {}  # user -> changes left, and when that was so
_lock = Lock()


def check(user_id: int, method: str) -> None:
    """Count a request that changes something; LimitError where the user's bucket is empty."""
    if method in SAFE_METHODS:
        return
    most = settings.CHANGES_PER_MINUTE
    wait = _take(user_id, most, time.monotonic())
    if wait:
        raise LimitError(TOO_OFTEN.format(most=most, wait=wait), retry_after=wait)


def forget_all() -> None:
    """Fill every bucket."""
    with _lock:
        _left.clear()


def _take(user_id: int, most: int, now: float) -> int:
    """0, or the seconds until there is one to take."""
    per_second = most / 60
    with _lock:
        before, since = _left.get(user_id, (float(most), now))
        left = min(most, before + (now - since) * per_second)
        taken = left >= 1
        if len(_left) >= MOST_REMEMBERED:
            _forget_idle(now)
        _left[user_id] = (left - taken, now)
    return 0 if taken else ceil((1 - left) / per_second)


def _forget_idle(now: float) -> None:
    """Who has done nothing for a minute has a full bucket again."""
    for user_id in [user_id for user_id, (_, since) in _left.items() if now - since >= 60]:
        del _left[user_id]

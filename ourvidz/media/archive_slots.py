"""Who sends zips now: at most RUNNING_PER_USER of a user's at a time, over all processes.

Each is a key in Redis that dies with the process that should renew it. While Redis is away,
each process counts for itself.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

RUNNING_PER_USER = 2
SLOT_SECONDS = 120  # a slot that is not renewed for so long is free again

_RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('expire', KEYS[1], ARGV[2]) end"
_GIVE_BACK = "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end"

_here: dict[str, tuple[str, float]] = {}  # key -> its holder and until when, without Redis
_lock = Lock()


@cache
def _connection(url: str) -> Redis:
    """One pool that gives up at once: a request must not wait for Redis."""
    retry = Retry(NoBackoff(), retries=1)
    return Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1, retry=retry)


def asked(of_redis: Callable[[Redis], Any], of_here: Callable[[], Any]) -> Any:
    """What Redis says; while it is away, what this process knows by itself."""
    try:
        return of_redis(_connection(settings.REDIS_URL))
    except (RedisError, OSError):
        with _lock:
            return of_here()


@dataclass(frozen=True)
class Slot:
    """The right to send one zip, until it is given back or not renewed in time."""

    key: str
    token: str = field(default_factory=lambda: secrets.token_hex(8))

    def take(self) -> bool:
        """Whether it is ours now; of many that try at once, one gets it."""
        return asked(
            lambda redis: bool(redis.set(self.key, self.token, nx=True, ex=SLOT_SECONDS)),
            self._take_here,
        )

    def renew(self) -> None:
        asked(
            lambda redis: redis.eval(_RENEW, 1, self.key, self.token, SLOT_SECONDS),
            self._renew_here,
        )

    def give_back(self) -> None:
        """Free it; one that is another's by now stays theirs."""
        asked(lambda redis: redis.eval(_GIVE_BACK, 1, self.key, self.token), self._forget_here)

    def _take_here(self) -> bool:
        taken = _is_taken_here(self.key)
        if not taken:
            _here[self.key] = (self.token, time.monotonic() + SLOT_SECONDS)
        return not taken

    def _renew_here(self) -> None:
        if self._is_ours_here():
            _here[self.key] = (self.token, time.monotonic() + SLOT_SECONDS)

    def _forget_here(self) -> None:
        if self._is_ours_here():
            del _here[self.key]

    def _is_ours_here(self) -> bool:
        return _here.get(self.key, ("", 0.0))[0] == self.token


def take(user_id: int) -> Slot | None:
    """A slot of the user's, or None while all are taken."""
    return next((slot for key in _keys(user_id) if (slot := Slot(key)).take()), None)


def is_free(user_id: int) -> bool:
    """Whether `take` would give one now."""
    keys = _keys(user_id)
    return asked(
        lambda redis: redis.exists(*keys) < len(keys),
        lambda: not all(map(_is_taken_here, keys)),
    )


def _keys(user_id: int) -> list[str]:
    return [f"ourvidz:archive:{user_id}:{place}" for place in range(RUNNING_PER_USER)]


def _is_taken_here(key: str) -> bool:
    return _here.get(key, ("", 0.0))[1] > time.monotonic()

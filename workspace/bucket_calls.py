"""Asking a bucket about many files within one request."""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

# Calls to a bucket that one action has open at a time.
AT_ONCE = 8
PATIENCE_SECONDS = 5


class Patience:
    """How long one action bears with a store that fails.

    A single failure is one asset's. A store that is away takes seconds to fail for each of
    hundreds, so after `PATIENCE_SECONDS` no more is asked of a store that has failed.
    """

    def __init__(self) -> None:
        self.ends_at = monotonic() + PATIENCE_SECONDS
        self.failed = False

    def note_failure(self) -> None:
        self.failed = True

    @property
    def is_over(self) -> bool:
        return self.failed and monotonic() >= self.ends_at


def in_parallel(call: Callable[[Item], Answer], items: Collection[Item]) -> list[Answer]:
    """`call` each item in a few threads; for buckets, never for the database."""
    if len(items) < 2:
        return [call(item) for item in items]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(call, items))

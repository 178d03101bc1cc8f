"""How fast this worker is, learned from what it made."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

_WEIGHT_OF_NEWEST = 0.3


class Pace:
    """Seconds for one unit of work, such as one step of one megapixel."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds  # until something was made

    def estimate(self, units: float) -> float:
        return units * self.seconds

    @contextmanager
    def measured(self, units: float) -> Iterator[None]:
        """Learn from the block, which does `units` of work, unless it fails."""
        started = time.perf_counter()
        yield
        newest = (time.perf_counter() - started) / units
        self.seconds += _WEIGHT_OF_NEWEST * (newest - self.seconds)

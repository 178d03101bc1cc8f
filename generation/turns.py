"""Which of the waiting jobs a worker takes that has some models in memory and not others.

Changing models takes up to a minute and a half (FACTS), so a job for a loaded model may go
before the one whose turn it is, but never so that this one starves.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

MOST_PASSES = 3  # in a row; so at least every fourth job is the one whose turn it is
MOST_SECONDS = 90.0  # about what changing models costs: waiting longer would save nothing


@dataclass(frozen=True)
class Head:
    """The next job of one owner in one lane, and the model that it needs."""

    owner_id: int
    lane: str
    model: str


class Turns:
    """Remembers how often, and for how long, the job whose turn it is was passed over.

    A job with k others before it starts after at most (MOST_PASSES + 1) * (k + 1) jobs.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._passes = 0
        self._since = 0.0

    def choose(self, heads: Sequence[Head], loaded: Collection[str]) -> Head:
        """One of `heads`, which are in the order of their turns; not empty."""
        first = heads[0]
        ready = next((head for head in heads if head.model in loaded), None)
        if ready is None or ready is first or not self._may_pass():
            self._passes = 0
            return first
        if not self._passes:
            self._since = self._clock()
        self._passes += 1
        return ready

    def _may_pass(self) -> bool:
        in_time = not self._passes or self._clock() - self._since < MOST_SECONDS
        return self._passes < MOST_PASSES and in_time

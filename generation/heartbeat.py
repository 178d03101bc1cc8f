"""Something that is done again and again beside the work, for as long as that takes."""

from threading import Event, Thread
from typing import Self

PATIENCE_SECONDS = 5


class Heartbeat:
    """Beats in a thread of its own while the `with` block runs.

    The block waits for the thread at its end, but not for one that hangs.
    """

    first_pause = 0.0  # seconds until the first beat

    def __init__(self, name: str) -> None:
        self._done = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc_info) -> None:
        self._done.set()
        self.wake()
        self._thread.join(timeout=PATIENCE_SECONDS)

    def beat(self) -> float | None:
        """Do it once; the seconds until the next time, None for no other."""
        raise NotImplementedError

    def wake(self) -> None:
        """End a wait within `beat`, where there is one."""

    def leave(self) -> None:
        """The last that the thread does."""

    def _run(self) -> None:
        pause: float | None = self.first_pause
        while pause is not None and not self._done.wait(pause):
            pause = self.beat()
        self.leave()

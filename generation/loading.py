"""Doing in a thread what may hang, such as loading a model, with an end to the waiting."""

import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread

from generation.backends.base import ProcessBroken

LOOK_SECONDS = 0.2


class Task:
    """`do()` in a thread of its own; what it raises is raised where it is awaited."""

    def __init__(self, do: Callable[[], None], seconds: float, reason: str) -> None:
        self.reason = reason
        self.deadline = time.monotonic() + seconds
        self._results: SimpleQueue[BaseException | None] = SimpleQueue()
        Thread(target=self._run, args=(do,), daemon=True).start()

    def _run(self, do: Callable[[], None]) -> None:
        try:
            do()
        except BaseException as error:
            self._results.put(error)
        else:
            self._results.put(None)

    def wait(self, go_on: Callable[[], None]) -> None:
        """Until it is done. `go_on` may raise, to wait no more; the thread goes on even so.

        ProcessBroken if it takes too long: a thread cannot be ended, but its process can.
        """
        while True:
            try:
                error = self._results.get(timeout=LOOK_SECONDS)
            except Empty:
                if time.monotonic() >= self.deadline:
                    raise ProcessBroken(self.reason, retry=True) from None
                go_on()
            else:
                break
        if error is not None:
            raise error

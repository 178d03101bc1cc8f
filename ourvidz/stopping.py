"""Whether this process was asked to stop: a worker then gives its job back at its next step."""

import time

LOOK_SECONDS = 0.1


class Stopping:
    """A flag that a signal handler may set; `threading.Event` takes a lock and may not."""

    def __init__(self) -> None:
        self._asked = False

    def set(self) -> None:
        self._asked = True

    def clear(self) -> None:
        self._asked = False

    def is_set(self) -> bool:
        return self._asked

    def wait(self, seconds: float) -> bool:
        """Pause for `seconds`, or until it is set; whether it is."""
        end = time.monotonic() + seconds
        while not self._asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))
        return self._asked


stopping = Stopping()

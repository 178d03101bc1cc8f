"""What runs by itself, as `settings.SCHEDULE` says: (command line, every so many seconds).

Each command runs in a thread of its own, so that a slow one delays no other; it is not
started again while it runs. Several schedules side by side do no harm, for every command
in the list is safe to repeat.
"""

import logging
import time
from collections.abc import Iterable
from threading import Thread

from django.core.management import call_command
from django.db import connections

logger = logging.getLogger(__name__)

FIRST_AFTER_SECONDS = 60  # also what is due once a day runs on a machine that is on for an hour


class Entry:
    """One line of the schedule."""

    def __init__(self, command: str, seconds: float) -> None:
        self.command, self.seconds = command, seconds
        self.due_at = time.monotonic() + min(seconds, FIRST_AFTER_SECONDS)
        self.thread: Thread | None = None

    def start_if_due(self) -> None:
        if time.monotonic() < self.due_at or self.is_running:
            return
        self.due_at = time.monotonic() + self.seconds
        self.thread = Thread(target=self.run, name=self.command, daemon=True)
        self.thread.start()

    @property
    def is_running(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def run(self) -> None:
        """Run the command; whatever goes wrong is logged and tried again when it is due."""
        try:
            call_command(*self.command.split())
        except Exception:
            logger.exception("%s failed; it runs again in %s s", self.command, self.seconds)
        finally:
            connections.close_all()


class Schedule:
    """All lines, looked at once a second."""

    def __init__(self, lines: Iterable[tuple[str, float]]) -> None:
        self.entries = [Entry(command, seconds) for command, seconds in lines]

    def tick(self) -> None:
        for entry in self.entries:
            entry.start_if_due()

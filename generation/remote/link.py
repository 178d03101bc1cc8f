"""Keeping in touch with the studio about one job, while the backend is at work.

A thread of its own sends the newest progress, so that no step waits for the network. Between
two steps it asks every second or two, so that a cancelled job stops at its next step. The
lease is kept alive by the same calls.
"""

import logging
import time
from collections.abc import Callable
from threading import Condition, Event
from typing import Any

from generation.backends.base import Cancelled
from generation.heartbeat import Heartbeat
from generation.progress import WRITES_PER_SECOND, GivenBack, ProgressReporter
from generation.remote.client import Away, Refused, StudioClient
from generation.remote.messages import JobMessage
from ourvidz.stopping import stopping

logger = logging.getLogger(__name__)

ASK_SECONDS = 2
GONE = {401, 404, 409}


class Link(Heartbeat):
    """Tells how `job` goes; `lost` is set once it is to be dropped."""

    def __init__(
        self, client: StudioClient, job: JobMessage, state: Callable[[], dict[str, Any]]
    ) -> None:
        super().__init__(f"link of {job.id}")
        self.client, self.job, self.state = client, job, state
        self.lost = Event()
        self._news: dict[str, Any] = {}
        self._changed = Condition()
        self._pause = min(ASK_SECONDS, job.lease_seconds / 3)

    def tell(self, news: dict[str, Any]) -> None:
        """Send `news` soon, in place of any that were not sent yet."""
        with self._changed:
            self._news = news
            self._changed.notify()

    def beat(self) -> float | None:
        """Wait for news, but not for long, and send it."""
        with self._changed:
            if not self._news and not self._done.is_set():
                self._changed.wait(self._pause)
            news, self._news = self._news, {}
        if self._done.is_set():
            return None
        answered = self._send(news)
        if self.lost.is_set():
            return None
        return 1 / WRITES_PER_SECOND if answered else self._pause

    def wake(self) -> None:
        self.tell({})

    def _send(self, news: dict[str, Any]) -> bool:
        body = {"fence": self.job.fence, "state": self.state(), **news}
        try:
            answer = self.client.post(f"worker/jobs/{self.job.id}/progress", body)
        except Away as error:
            logger.warning("job %s: the studio does not answer: %s", self.job.id, error)
            return False
        except Refused as error:
            logger.warning("job %s: %s", self.job.id, error)
            if error.status in GONE:
                self.lost.set()
            return False
        if answer.get("cancelled"):
            self.lost.set()
        return True


class LinkReporter(ProgressReporter):
    """The `Reporter` of a job of another machine."""

    def __init__(self, link: Link, indices: tuple[int, ...]) -> None:
        super().__init__(link.job.count, indices)
        self.link = link

    def go_on_or_raise(self) -> None:
        if stopping.is_set():
            raise GivenBack
        if self.link.lost.is_set():
            raise Cancelled

    def _write(self, progress: dict) -> None:
        self.go_on_or_raise()
        self.link.tell({"progress": progress, "previews": dict(self.previews)})
        self._written_at = time.monotonic()

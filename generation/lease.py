"""Keeping a running job's lease alive, however long one step of its backend takes."""

import logging
from threading import Event, Thread

from django.conf import settings
from django.db import connections

from generation import transitions
from generation.models import Job
from generation.patience import DATABASE_AWAY

logger = logging.getLogger(__name__)


class Heartbeat:
    """Renews the lease of `job` from a thread of its own while the `with` block runs.

    `lost` is set once the job is not this worker's any more. A database that is away is
    not a lost lease: the thread goes on trying.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.lost = Event()
        self._done = Event()
        self._thread = Thread(target=self._beat, name=f"lease of {job.pk}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *exc_info) -> None:
        self._done.set()
        self._thread.join(timeout=5)

    def _beat(self) -> None:
        while not self._done.wait(settings.LEASE_SECONDS / 3) and not self.lost.is_set():
            try:
                if not transitions.renew(self.job):
                    self.lost.set()
            except DATABASE_AWAY as error:
                logger.warning("job %s: lease not renewed: %s", self.job.pk, error)
            finally:
                connections.close_all()

"""How far a job is: stored in its row, which says whether to go on."""

import logging
import time

from django.db import connections

from generation import transitions
from generation.backends.base import Cancelled
from generation.lease import Lease
from generation.models import Job
from generation.patience import DATABASE_AWAY
from generation.progress import GivenBack, ProgressReporter
from ourvidz.stopping import stopping

logger = logging.getLogger(__name__)


class JobReporter(ProgressReporter):
    """The `Reporter` of one attempt at `job`, which still has to make `indices`."""

    def __init__(self, job: Job, indices: tuple[int, ...], lease: Lease) -> None:
        super().__init__(job.count, indices)
        self.job = job
        self.lease = lease

    def go_on_or_raise(self) -> None:
        """`Cancelled` if the job is no longer this worker's, `GivenBack` if that is to stop."""
        if stopping.is_set():
            raise GivenBack
        if self.lease.lost.is_set() or not self._still(transitions.holds):
            raise Cancelled

    def _write(self, progress: dict) -> None:
        if stopping.is_set():
            raise GivenBack
        if not self._still(transitions.report_progress, progress, self.previews):
            raise Cancelled
        self._written_at = time.monotonic()

    def _still(self, ask, *arguments) -> bool:
        """What the database says; yes while it is away, for storing the output asks again."""
        try:
            return ask(self.job, *arguments)
        except DATABASE_AWAY as error:
            logger.warning("job %s: progress not stored: %s", self.job.pk, error)
            connections.close_all()
            return True

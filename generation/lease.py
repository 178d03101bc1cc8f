"""Keeping a running job's lease alive, however long one step of its backend takes."""

from threading import Event

from django.conf import settings

from generation import transitions
from generation.heartbeat import Heartbeat
from generation.models import Job
from generation.patience import unless_away


class Lease(Heartbeat):
    """Renews the lease of `job`; `lost` is set once the job is not this worker's any more.

    A database that is away is not a lost lease: it goes on trying.
    """

    def __init__(self, job: Job) -> None:
        super().__init__(f"lease of {job.pk}")
        self.job = job
        self.lost = Event()
        self.first_pause = settings.LEASE_SECONDS / 3

    def beat(self) -> float | None:
        with unless_away(f"job {self.job.pk}: lease not renewed"):
            if not transitions.renew(self.job):
                self.lost.set()
        return None if self.lost.is_set() else settings.LEASE_SECONDS / 3

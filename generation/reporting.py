"""How far a job is, as its backend says: stored at a bounded rate, and stopped in time."""

import logging
import time

from django.db import connections
from PIL import Image

from generation import transitions
from generation.backends.base import Cancelled
from generation.lease import Heartbeat
from generation.models import Job
from generation.patience import DATABASE_AWAY
from ourvidz.media.thumbnails import preview_data_url
from ourvidz.stopping import stopping

logger = logging.getLogger(__name__)

WRITES_PER_SECOND = 5


class GivenBack(Cancelled):
    """The worker was asked to stop; another one can go on."""


class JobReporter:
    """The `Reporter` of one attempt at `job`, which still has to make `indices`."""

    def __init__(self, job: Job, indices: tuple[int, ...], heartbeat: Heartbeat) -> None:
        self.job = job
        self.indices = indices
        self.heartbeat = heartbeat
        self.left = set(indices)
        self.previews: dict[str, str] = {}
        # Several outputs may be made together, so each has its share of the way, 0 to 1, and
        # its newest picture, which is encoded when it is written.
        self._shares: dict[int, float] = {}
        self._pictures: dict[int, Image.Image] = {}
        self._written_at = float("-inf")

    def loading(self) -> None:
        self._write({"phase": "loading", "percent": self._percent()})

    def step(self, index: int, step: int, steps: int, preview: Image.Image | None = None) -> None:
        self._shares[index] = step / max(steps, 1)
        if preview is not None:
            self._pictures[index] = preview
        if step < steps and time.monotonic() - self._written_at < 1 / WRITES_PER_SECOND:
            self.go_on_or_raise()
            return
        self._encode_previews()
        self._write(
            {
                "phase": "rendering",
                "index": index,
                "step": step,
                "steps": steps,
                "percent": self._percent(),
            }
        )

    def saving(self, index: int) -> None:
        self._shares[index] = 1.0
        self._write({"phase": "saving", "index": index, "percent": self._percent()})

    def landed(self, index: int) -> None:
        """Output `index` is announced and needs no preview any more."""
        self.left.discard(index)
        self._pictures.pop(index, None)
        self.previews.pop(str(index), None)

    def go_on_or_raise(self) -> None:
        """`Cancelled` if the job is no longer this worker's, `GivenBack` if that is to stop."""
        if stopping.is_set():
            raise GivenBack
        if self.heartbeat.lost.is_set() or not self._still(transitions.holds):
            raise Cancelled

    def _encode_previews(self) -> None:
        while self._pictures:
            index, picture = self._pictures.popitem()
            self.previews[str(index)] = preview_data_url(picture)

    def _percent(self) -> int:
        """Of the whole job: what earlier attempts finished counts too."""
        before = self.job.count - len(self.indices)
        return round(100 * (before + sum(self._shares.values())) / self.job.count)

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

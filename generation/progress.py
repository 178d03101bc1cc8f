"""How far an attempt is, as its backend says: told at a bounded rate, and stopped in time."""

import time
from abc import ABC, abstractmethod

from PIL import Image

from generation.backends.base import Cancelled
from ourvidz.media.thumbnails import preview_data_url

WRITES_PER_SECOND = 5


class GivenBack(Cancelled):
    """The worker was asked to stop; another one can go on."""


class ProgressReporter(ABC):
    """The `Reporter` of one attempt at a job of `count` outputs, which has to make `indices`."""

    def __init__(self, count: int, indices: tuple[int, ...]) -> None:
        self.count = count
        self.indices = indices
        self.left = set(indices)
        self.previews: dict[str, str] = {}
        # Several outputs may be made together, so each has its share of the way, 0 to 1, and
        # its newest picture, which is encoded when it is written.
        self._shares: dict[int, float] = {}
        self._pictures: dict[int, Image.Image] = {}
        self._written_at = float("-inf")

    @abstractmethod
    def go_on_or_raise(self) -> None:
        """`Cancelled` if the job is no longer this worker's, `GivenBack` if that is to stop."""

    @abstractmethod
    def _write(self, progress: dict) -> None:
        """Tell `progress` with the previews; raise as `go_on_or_raise` does."""

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

    def _encode_previews(self) -> None:
        while self._pictures:
            index, picture = self._pictures.popitem()
            self.previews[str(index)] = preview_data_url(picture)

    def _percent(self) -> int:
        """Of the whole job: what earlier attempts finished counts too."""
        before = self.count - len(self.indices)
        return round(100 * (before + sum(self._shares.values())) / self.count)

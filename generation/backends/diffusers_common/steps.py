"""Between a pipeline's steps: progress, a preview, and the moment to stop."""

import time
from collections.abc import Callable
from typing import Any

from PIL import Image

from generation.backends.base import Reporter

_PREVIEW_SECONDS = 0.2  # no more are stored


class Steps:
    """Progress of some outputs over one or more runs of a pipeline; never falls back.

    `preview(latents, place)` makes the picture of the output at `place` in a batch.
    """

    def __init__(
        self, reporter: Reporter, steps: int, preview: Callable[[Any, int], Image.Image]
    ) -> None:
        self.reporter, self.steps, self.preview = reporter, steps, preview
        self._reached: dict[int, int] = {}
        self._shown_at = float("-inf")

    def callback(self, indices: tuple[int, ...], done: int = 0) -> Callable:
        """A `callback_on_step_end` for a run that makes `indices`, after `done` steps of others.

        It raises `Cancelled` out of the pipeline, so that nothing is computed after it.
        """

        def on_step_end(pipeline: Any, step: int, timestep: Any, tensors: dict) -> dict:
            shown = self._may_show()
            for place, index in enumerate(indices):
                preview = self.preview(tensors["latents"], place) if shown else None
                self._report(index, done + step + 1, preview)
            return {}

        return on_step_end

    def _report(self, index: int, step: int, preview: Image.Image | None) -> None:
        reached = max(self._reached.get(index, 0), min(step, self.steps))
        self._reached[index] = reached
        self.reporter.step(index, reached, self.steps, preview)

    def _may_show(self) -> bool:
        now = time.monotonic()
        if now - self._shown_at < _PREVIEW_SECONDS:
            return False
        self._shown_at = now
        return True


def steps_to_schedule(steps: int, denoise: float) -> int:
    """How many steps to ask diffusers for, so that image to image does `steps` of them.

    It runs only the last `denoise` share of what it is asked for: of 15 steps of a copy, none.
    """
    scheduled = steps
    while int(scheduled * denoise) < steps:
        scheduled += 1
    return scheduled

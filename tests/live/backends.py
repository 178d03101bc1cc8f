"""Backends for workers in processes of their own: paced by environment, or dying."""

import os
import time

from PIL import Image

from generation.backends.base import Backend, Picture, ProcessBroken

STEPS = 8


class PacedBackend(Backend):
    """Plain pictures in eight steps of PACE seconds (0.01 unless set) each."""

    name = "paced"

    def load(self, model, reporter) -> None:
        reporter.loading()

    def estimate(self, task) -> float:
        return STEPS * pace() * len(task.indices)

    def render(self, task, reporter):
        for index in task.indices:
            for step in range(1, STEPS + 1):
                time.sleep(pace())
                reporter.step(index, step, STEPS)
            reporter.saving(index)
            colour = (index * 30, 90, 160)
            image = Image.new("RGB", (task.width, task.height), colour)
            yield Picture(index, task.seed_of(index), image)

    def unload(self) -> None:
        """Nothing is kept."""


def pace() -> float:
    """Seconds per step."""
    return float(os.environ.get("PACE", "0.01"))


class BrokenBackend(PacedBackend):
    """What a driver error leaves behind: nothing can be made in the process any more."""

    name = "broken"

    def render(self, task, reporter):
        reporter.step(0, 1, STEPS)
        raise ProcessBroken("The worker's graphics card failed while making this.", retry=True)


class DyingBackend(PacedBackend):
    """As a driver that takes its process along: no exception, no clean end."""

    def render(self, task, reporter):
        if "poison" in task.original_prompt:
            os.abort()
        yield from super().render(task, reporter)

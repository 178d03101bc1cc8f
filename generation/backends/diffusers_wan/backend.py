"""The backend: tasks in, clips and pictures out."""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from PIL import Image

from generation.backends.base import Clip, Picture, RenderTask, Reporter
from generation.backends.diffusers_common.device import torch_or_reason
from generation.backends.diffusers_common.failures import explained, insist, opening
from generation.backends.diffusers_common.local_model import DiffusersBackend, work
from generation.backends.diffusers_common.steps import Steps
from generation.backends.diffusers_wan.frames import as_arrays
from generation.backends.diffusers_wan.model import NAME, LoadedWan
from generation.backends.diffusers_wan.options import WanOptions
from generation.backends.diffusers_wan.references import Led, led_by, unavailable
from generation.backends.diffusers_wan.rendering import Rendering
from generation.backends.options import chosen


class WanBackend(DiffusersBackend):
    """WAN 2.1 on this machine. One of its models is in memory at a time."""

    name = "diffusers-wan"
    memory_gb = 30.0  # FACTS
    # 135 s for 25 steps of 83 frames of 832 x 480 on a 48 GB card (FACTS).
    seconds_per_unit = 0.16
    parts: ClassVar = {
        "model": NAME,
        "image_model": "WAN image-to-video",
        "first_last_model": "WAN first-and-last-frame",
    }
    loaded: LoadedWan | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.settings = chosen(WanOptions, options)

    def load(self, model: str, reporter: Reporter) -> None:
        """Load the model for words. Where there are others, the task decides, in `render`."""
        reporter.loading()
        torch_or_reason()
        others = self.settings.image_model or self.settings.first_last_model
        if self.loaded is None and not others:
            self._model_for(Led())

    def unavailable(self) -> dict[str, str]:
        """The kinds and roles of reference that this worker cannot use."""
        return unavailable(self.settings)

    def render(self, task: RenderTask, reporter: Reporter) -> Iterator[Picture | Clip]:
        """Outputs one after the other; a clip's frames are converted as they are taken."""
        led = led_by(task, self.settings)
        loaded = self._model_for(led, reporter)
        with explained():
            rendering = Rendering(loaded, task, led)
        steps = Steps(reporter, task.steps, rendering.preview)
        for index in task.indices:
            yield self._output(rendering, index, steps)  # nothing here holds on to it

    def _model_for(self, led: Led, reporter: Reporter | None = None) -> LoadedWan:
        """The model that `led` needs, in place of another one."""
        if self.loaded is None or self.loaded.field != led.needs:
            if reporter is not None:
                reporter.loading()
            self.unload()
            with opening(NAME):
                self.loaded = insist(lambda: self._opened(led), lambda: self._opened_with_less(led))
        return self.loaded

    def _output(self, rendering: Rendering, index: int, steps: Steps) -> Picture | Clip:
        task, seed = rendering.task, rendering.task.seed_of(index)
        with explained(), self.pace.measured(work(task)):
            video = self._made(rendering, index, steps)
        frames = _saved(as_arrays(video, rendering.kept), index, steps.reporter)
        if task.mode == "video":
            return Clip(index, seed, frames, task.frames_per_second, rendering.parameters)
        (pixels,) = frames
        return Picture(index, seed, Image.fromarray(pixels), rendering.parameters)

    @staticmethod
    def _made(rendering: Rendering, index: int, steps: Steps) -> Any:
        """The values of an output; if memory does not do, with parts of the model outside."""

        def with_less() -> Any:
            rendering.loaded.relieve()
            return rendering.run(index, steps.callback((index,)))

        return insist(lambda: rendering.run(index, steps.callback((index,))), with_less)

    def _opened(self, led: Led) -> LoadedWan:
        return LoadedWan(self.settings, led.needs)

    def _opened_with_less(self, led: Led) -> LoadedWan:
        """With parts of it outside the card from the start."""
        self.relieve()
        return self._opened(led)


def _saved(frames: Iterator[np.ndarray], index: int, reporter: Reporter) -> Iterator[np.ndarray]:
    """`frames`; once they are all taken the reporter knows."""
    yield from frames
    reporter.saving(index)

"""The backend: tasks in, pictures out."""

from collections.abc import Iterator
from typing import Any, ClassVar

from PIL import Image

from generation.backends.base import Picture, RenderTask, Reporter
from generation.backends.diffusers_common.device import torch_or_reason
from generation.backends.diffusers_common.failures import explained, insist, opening
from generation.backends.diffusers_common.local_model import DiffusersBackend, work
from generation.backends.diffusers_common.steps import Steps
from generation.backends.diffusers_sdxl.model import NAME, LoadedSdxl
from generation.backends.diffusers_sdxl.options import SdxlOptions
from generation.backends.diffusers_sdxl.references import led_by, unavailable
from generation.backends.diffusers_sdxl.rendering import Rendering
from generation.backends.options import chosen


class SdxlBackend(DiffusersBackend):
    """Stable Diffusion XL on this machine."""

    name = "diffusers-sdxl"
    memory_gb = 10.0  # FACTS
    # 4 s for 15 steps of 1024 x 576 on a 48 GB card (FACTS).
    seconds_per_unit = 0.45
    # LoRAs are a folder of their own.
    parts: ClassVar = {
        "model": NAME,
        "refiner": "SDXL refiner",
        "style_adapter": "style adapter",
        "character_adapter": "character adapter",
        "image_encoder": "image encoder",
        "outlines": "ControlNet",
    }
    loaded: LoadedSdxl | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.settings = chosen(SdxlOptions, options)

    def load(self, model: str, reporter: Reporter) -> None:
        """Bring the model into memory. There is one for this lane, whatever `model` says."""
        reporter.loading()
        if self.loaded is None:
            torch_or_reason()
            with opening(NAME):
                self.loaded = LoadedSdxl(self.settings)

    def unavailable(self) -> dict[str, str]:
        """The kinds of reference that this worker has no weights for."""
        return unavailable(self.settings)

    def render(self, task: RenderTask, reporter: Reporter) -> Iterator[Picture]:
        """Pictures in the order of their indices, `batch` of them computed together."""
        loaded = self._model()
        led = led_by(task, self.settings)
        with explained():
            rendering = Rendering(loaded, task, led)
        steps = Steps(reporter, rendering.steps, rendering.preview)
        for start in range(0, len(task.indices), self.settings.batch):
            indices = task.indices[start : start + self.settings.batch]
            with explained(), self.pace.measured(work(task, len(indices))):
                images = self._made(rendering, indices, steps)
            for index, image in zip(indices, images, strict=True):
                reporter.saving(index)
                yield Picture(index, task.seed_of(index), image, rendering.parameters)

    def _model(self) -> LoadedSdxl:
        if self.loaded is None:
            raise RuntimeError("render before load")
        return self.loaded

    def _made(
        self, rendering: Rendering, indices: tuple[int, ...], steps: Steps
    ) -> list[Image.Image]:
        """The pictures; if memory does not do, one by one with parts of the model outside."""

        def one_by_one() -> list[Image.Image]:
            self._model().relieve()
            return [rendering.run((index,), steps.callback)[0] for index in indices]

        return insist(lambda: rendering.run(indices, steps.callback), one_by_one)

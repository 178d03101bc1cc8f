"""The backend: tasks in, pictures out."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from PIL import Image

from generation.backends.base import Backend, Picture, RenderTask, Reporter
from generation.backends.diffusers_common.device import release, torch_or_reason
from generation.backends.diffusers_common.failures import explained, insist, opening
from generation.backends.diffusers_common.pace import Pace
from generation.backends.diffusers_common.steps import Steps
from generation.backends.diffusers_common.weights import located
from generation.backends.diffusers_sdxl.model import NAME, LoadedSdxl
from generation.backends.diffusers_sdxl.options import SdxlOptions
from generation.backends.diffusers_sdxl.references import led_by, unavailable
from generation.backends.diffusers_sdxl.rendering import Rendering
from generation.backends.options import chosen

# 4 s for 15 steps of 1024 x 576 on a 48 GB card (FACTS), until something was measured.
_SECONDS_PER_STEP_MEGAPIXEL = 0.45


class SdxlBackend(Backend):
    """Stable Diffusion XL on this machine."""

    name = "diffusers-sdxl"
    memory_gb = 10.0  # FACTS

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.settings = chosen(SdxlOptions, options)
        self.loaded: LoadedSdxl | None = None
        self.pace = Pace(_SECONDS_PER_STEP_MEGAPIXEL)

    def weights(self) -> dict[str, str]:
        """Those that are set; LoRAs are a folder of their own."""
        settings = self.settings
        named = {
            NAME: settings.model,
            "SDXL refiner": settings.refiner,
            "style adapter": settings.style_adapter,
            "character adapter": settings.character_adapter,
            "image encoder": settings.image_encoder,
            "ControlNet": settings.outlines,
        }
        return {what: where for what, where in named.items() if where}

    def fetch(self) -> None:
        """Of what a job may load later, too."""
        for what, where in self.weights().items():
            located(where, what)

    def relieve(self) -> None:
        """Parts wait outside the card, the decoder goes by tiles."""
        self.settings = replace(self.settings, offload=True, tiling=True)
        if self.loaded is not None:
            self.loaded.relieve()

    def load(self, model: str, reporter: Reporter) -> None:
        """Bring the model into memory. There is one for this lane, whatever `model` says."""
        reporter.loading()
        if self.loaded is None:
            torch_or_reason()
            with opening(NAME):
                self.loaded = LoadedSdxl(self.settings)

    def unload(self) -> None:
        """Let go of the model; the card's memory is free afterwards."""
        if self.loaded is not None:
            self.loaded = None
            release()

    def estimate(self, task: RenderTask) -> float:
        """Seconds by what was measured on this machine."""
        return self.pace.estimate(self._work(task, len(task.indices)))

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
            with explained(), self.pace.measured(self._work(task, len(indices))):
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

    @staticmethod
    def _work(task: RenderTask, count: int) -> float:
        """Steps times megapixels."""
        return count * task.steps * task.width * task.height / 1e6

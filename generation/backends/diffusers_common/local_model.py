"""What a model on this machine has to do, whatever it makes: its weights, its room, its pace."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from generation.backends.base import Backend, Loadable, RenderTask
from generation.backends.diffusers_common.device import release
from generation.backends.diffusers_common.loras import words_of
from generation.backends.diffusers_common.pace import Pace
from generation.backends.diffusers_common.weights import located


class LocalModel(Loadable):
    """Loads weights that its settings name. `parts` has the fields, as people call them."""

    parts: ClassVar[Mapping[str, str]] = {}  # field of `settings` -> such as "SDXL refiner"
    settings: Any
    loaded: Any = None

    def weights(self) -> dict[str, str]:
        """Those that are set."""
        named = {what: getattr(self.settings, field) for field, what in self.parts.items()}
        return {what: where for what, where in named.items() if where}

    def fetch(self) -> None:
        """Of what a job may load later, too."""
        for what, where in self.weights().items():
            located(where, what)

    def unload(self) -> None:
        """Let go of the model; the card's memory is free afterwards."""
        if self.loaded is not None:
            self.loaded = None
            release()


class DiffusersBackend(LocalModel, Backend):
    """Renders by a pipeline of diffusers, which `loaded` holds."""

    seconds_per_unit = 0.0  # of a step of one megapixel, until something was measured

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.pace = Pace(self.seconds_per_unit)

    def relieve(self) -> None:
        """Parts wait outside the card, the decoder goes by tiles."""
        self.settings = replace(self.settings, offload=True, tiling=True)
        if self.loaded is not None:
            self.loaded.relieve()

    def estimate(self, task: RenderTask) -> float:
        """Seconds by what was measured on this machine."""
        return self.pace.estimate(work(task, len(task.indices)))

    def words(self) -> tuple[str, ...]:
        """Those of the LoRAs in its folder."""
        return words_of(self.settings.loras)


def work(task: RenderTask, outputs: int = 1) -> float:
    """Steps times megapixels of all frames of so many outputs."""
    return outputs * task.steps * task.frames * task.width * task.height / 1e6

"""Tasks, a recording reporter and pixel distances for the tests of the preview backend."""

from pathlib import Path

import numpy as np
from PIL import Image

from generation.backends.base import Cancelled, ReferencePicture, RenderTask
from generation.backends.preview import PreviewBackend


class Recorder:
    """Notes what a backend reports. Raises Cancelled at the step `cancel_at`, if given."""

    def __init__(self, cancel_at: int | None = None) -> None:
        self.cancel_at = cancel_at
        self.loads = 0
        self.steps: list[tuple[int, int, int, Image.Image]] = []
        self.saved: list[int] = []

    def loading(self) -> None:
        self.loads += 1

    def step(self, index, step, steps, preview=None) -> None:
        self.steps.append((index, step, steps, preview))
        if step == self.cancel_at:
            raise Cancelled

    def saving(self, index) -> None:
        self.saved.append(index)

    def steps_of(self, index: int) -> list[int]:
        return [step for i, step, *_ in self.steps if i == index]


def make_task(
    prompt: str = "mountains and a lake at dawn", size: tuple[int, int] = (192, 128), **changes
) -> RenderTask:
    """A small task for a picture, with any field changed."""
    fields = {
        "model": "sdxl",
        "mode": "image",
        "prompt": prompt,
        "original_prompt": prompt,
        "negative_prompt": "",
        "width": size[0],
        "height": size[1],
        "seed": 7,
        "steps": 15,
        "guidance": 6.0,
        "indices": (0,),
        **changes,
    }
    return RenderTask(**fields)


def picture(task: RenderTask) -> Image.Image:
    """The first picture of a task."""
    return next(iter(PreviewBackend().render(task, Recorder()))).image


def distance(first, second) -> float:
    """Mean absolute difference of two pictures or frames, 0 to 255."""
    a, b = (np.asarray(one, np.float32) for one in (first, second))
    return float(np.abs(a - b).mean())


def reference(path: Path, *, role="reference", kind="composition", strength=0.75):
    """A reference picture on disk: a bright disc on a dark red ground."""
    y, x = np.mgrid[0:120, 0:160]
    pixels = np.zeros((120, 160, 3), np.uint8)
    pixels[...] = (120, 20, 30)
    pixels[np.hypot(x - 80, y - 60) < 35] = (240, 220, 90)
    Image.fromarray(pixels).save(path)
    return ReferencePicture(role, kind, strength, path)

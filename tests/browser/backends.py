"""The preview backend for browser tests: quick, and held back where a test wants to look."""

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from generation.backends.base import Clip, Picture, RenderTask, Reporter
from generation.backends.preview import PreviewBackend

SMALLER = 4  # times in each direction is what is painted
LOOK_SECONDS = 0.05


def hold_of(folder: Path, prompt: str) -> Path:
    """As long as this file is there, nothing is made of `prompt` in the studio of `folder`."""
    return folder / f"hold-{hashlib.sha256(prompt.encode()).hexdigest()}"


class SketchingBackend(PreviewBackend):
    """The preview backend's scenes, painted small and enlarged: all else is as in a studio."""

    def render(self, task: RenderTask, reporter: Reporter) -> Iterator[Picture | Clip]:
        hold = hold_of(Path(os.environ["OURVIDZ_VAR"]), task.original_prompt)
        while hold.exists():
            reporter.go_on_or_raise()
            time.sleep(LOOK_SECONDS)
        small = replace(task, width=task.width // SMALLER, height=task.height // SMALLER)
        for output in super().render(small, reporter):
            yield _enlarged(output, (task.width, task.height))


def _enlarged(output: Picture | Clip, size: tuple[int, int]) -> Picture | Clip:
    if isinstance(output, Picture):
        return replace(output, image=output.image.resize(size, Image.Resampling.NEAREST))
    larger = np.ones((SMALLER, SMALLER, 1), dtype=np.uint8)
    return replace(output, frames=(np.kron(frame, larger) for frame in output.frames))

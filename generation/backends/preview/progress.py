"""How a picture shows itself while it is made: out of noise, from coarse to fine."""

from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageFilter

from generation.backends.base import Reporter

from .noise import generator

PREVIEW_EDGE = 128


def preview_size(width: int, height: int) -> tuple[int, int]:
    """The size of a preview: at most 128 pixels along the longer edge."""
    scale = min(1.0, PREVIEW_EDGE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def resolved(sketch: Image.Image, share: float, seed: int) -> Image.Image:
    """The sketch with `share` (0 to 1) of its noise taken away."""
    if share >= 1:
        return sketch
    left = 1 - share
    soft = sketch.filter(ImageFilter.GaussianBlur(max(sketch.size) * 0.10 * left**1.4))
    noise = generator(seed, "latent").normal(128, 52, (sketch.height, sketch.width, 3))
    grain = Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8))
    return Image.blend(soft, grain.filter(ImageFilter.GaussianBlur(1.2)), 0.75 * left**1.5)


class Steps:
    """Counts the steps of one output and reports each exactly once, in order."""

    def __init__(self, reporter: Reporter, index: int, steps: int, seed: int) -> None:
        self.reporter, self.index, self.steps, self.seed = reporter, index, steps, seed
        self.done = 0

    def reach(self, share: float, sketch: Image.Image) -> None:
        """Report the steps up to `share` (0 to 1) of the work, with what is to be seen by then."""
        for step in self._due(share):
            preview = resolved(sketch, step / self.steps, self.seed)
            self.reporter.step(self.index, step, self.steps, preview)

    def _due(self, share: float) -> Iterator[int]:
        while self.done < min(self.steps, int(share * self.steps + 1e-6)):
            self.done += 1
            yield self.done

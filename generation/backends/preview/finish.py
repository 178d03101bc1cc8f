"""The finish of a picture: bloom, grade, grain, vignette and the marks of its style."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from . import marks
from .grading import grades_for, table_for
from .noise import Size, smoothstep
from .scene import Scene

Effect = Callable[[Image.Image], Image.Image]


@dataclass(frozen=True)
class Amounts:
    """How much of each effect a picture gets, 0 to 1."""

    bloom: float = 0.22
    grain: float = 0.06
    vignette: float = 0.28


_STYLES = {
    "cinematic": Amounts(0.30, 0.09, 0.40),
    "vintage": Amounts(0.3, 0.24, 0.55),
    "low_key": Amounts(0.25, 0.2, 0.95),
    "indy": Amounts(0.2, 0.20, 0.25),
    "y2k": Amounts(0.4, 0.08, 0.1),
    "pop": Amounts(0.05, 0.0, 0.0),
    "grunge": Amounts(0.1, 0.32, 0.6),
    "dreamy": Amounts(1.1, 0.03, 0.0),
    "hand_drawn": Amounts(0.0, 0.05, 0.0),
    "novel_2d": Amounts(0.12, 0.0, 0.0),
    "boost": Amounts(0.3, 0.04, 0.2),
}


def amounts_for(scene: Scene) -> Amounts:
    """The amounts of the style, changed by lighting and texture."""
    style = next((_STYLES[name] for name in scene.styles if name in _STYLES), Amounts())
    light, texture = scene.controls.get("lighting"), scene.controls.get("texture")
    bloom = style.bloom + {"soft": 0.35, "dramatic": 0.1}.get(light or "", 0.0)
    vignette = style.vignette + {"dramatic": 0.4, "studio": 0.35, "soft": -0.2}.get(
        light or "", 0.0
    )
    grain = style.grain * {"smooth": 0.0, "glossy": 0.3}.get(texture or "", 1.0)
    grain += {"grainy": 0.62, "textured": 0.15}.get(texture or "", 0.0)
    bloom += {"glossy": 0.25, "smooth": 0.08}.get(texture or "", 0.0)
    return Amounts(bloom, grain, max(0.0, min(1.0, vignette)))


class Finish:
    """Everything that is done to a composed frame. Made once, applied to each frame."""

    def __init__(self, scene: Scene, size: Size) -> None:
        self.size = size
        self.amounts = amounts_for(scene)
        self._table = table_for(grades_for(scene))
        self._vignette = _vignette(scene, size, self.amounts.vignette)
        self._grain = _grain(scene, size, self.amounts.grain)
        self._marks = marks.marks_for(scene, size)

    def apply(self, frame: Image.Image, number: int = 0) -> Image.Image:
        """The finished frame; the grain differs from one `number` to the next."""
        if self.amounts.bloom > 0.02:
            frame = bloomed(frame, self.amounts.bloom)
        if self._vignette:
            frame = ImageChops.multiply(frame, self._vignette)
        frame = frame.filter(self._table)
        for mark in self._marks:
            frame = mark(frame)
        return self._grained(frame, number)

    def _grained(self, frame: Image.Image, number: int) -> Image.Image:
        if self._grain is None:
            return frame
        x, y = (number * 37) % 64, (number * 53) % 64
        tile = self._grain.crop((x, y, x + frame.width, y + frame.height))
        return ImageChops.add(frame, Image.merge("RGB", (tile, tile, tile)), 1, -128)


def bloomed(frame: Image.Image, amount: float) -> Image.Image:
    """Bright parts bleed their light into what is around them."""
    small = frame.reduce(4) if min(frame.size) >= 64 else frame
    bright = small.point([int(max(0, value - 120) * 1.5 * amount) for value in range(256)] * 3)
    radius = max(1.0, min(frame.size) / 4 * 0.022)
    near = bright.filter(ImageFilter.GaussianBlur(radius))
    wide = bright.filter(ImageFilter.GaussianBlur(radius * 3.5))
    light = ImageChops.screen(near.point(lambda v: v * 0.55), wide.point(lambda v: v * 0.55))
    return ImageChops.screen(frame, light.resize(frame.size, Image.Resampling.BICUBIC))


def _vignette(scene: Scene, size: Size, amount: float) -> Image.Image | None:
    """Darker towards the corners, centred on the subject when it is strong."""
    if amount < 0.02:
        return None
    across = np.linspace(-1, 1, 64, dtype=np.float32)[None, :]
    down = np.linspace(-1, 1, 64, dtype=np.float32)[:, None]
    pull = max(0.0, amount - 0.5)
    centre = (scene.focus * 2 - 1) * pull
    far = np.hypot((across - centre) * 0.9, down * 0.85)
    dark = 1 - amount * (0.55 + 0.35 * pull) * smoothstep(0.45, 1.45 - 0.35 * pull, far)
    shade = Image.fromarray((dark * 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    return Image.merge("RGB", (shade, shade, shade))


def _grain(scene: Scene, size: Size, amount: float) -> Image.Image | None:
    """A tile of film grain around 128, larger than the frame so that it can move."""
    if amount < 0.01:
        return None
    rng = scene.rng("grain")
    fine = rng.standard_normal((size[1] + 64, size[0] + 64), np.float32)
    tile = Image.fromarray(np.clip(128 + fine * 30 * amount, 0, 255).astype(np.uint8))
    return tile.filter(ImageFilter.GaussianBlur(0.45 * max(1.0, size[1] / 900)))

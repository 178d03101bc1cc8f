"""The stage: painted elements in depth, and a camera that looks at them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, cos, floor, pi, sin
from typing import Protocol

import numpy as np
from PIL import Image, ImageChops

from .noise import Field, Size
from .scene import Scene

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Stage:
    """What painters paint on: a scene at a size in pixels, the frame plus room to move."""

    scene: Scene
    width: int
    height: int

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return (self.width, self.height)

    @property
    def across(self) -> Field:
        """The position of each column, 0 to 1."""
        return (np.arange(self.width, dtype=np.float32) + 0.5) / self.width

    @property
    def down(self) -> Field:
        """The position of each row, 0 to 1."""
        return (np.arange(self.height, dtype=np.float32) + 0.5) / self.height

    def distance(self, x: float, y: float) -> Field:
        """How far each pixel is from a point, in picture heights."""
        across = (self.across - x) * (self.width / self.height)
        return np.hypot(across[None, :], (self.down - y)[:, None])


@dataclass(frozen=True)
class View:
    """The camera at one moment. Near elements move and grow more than far ones."""

    frame: Size
    stage: Size
    pan: tuple[float, float] = (0.0, 0.0)  # fractions of the frame, for the nearest depth
    zoom: float = 1.0
    seconds: float = 0.0

    def scale(self, depth: float) -> float:
        """Frame pixels for one pixel of the stage at `depth`."""
        return 1 + (self.zoom - 1) * (0.2 + 0.8 * depth)

    def place(self, x: float, y: float, depth: float) -> tuple[float, float]:
        """Where a point of the stage falls in the frame, in pixels."""
        scale, travel = self.scale(depth), 0.12 + 0.88 * depth
        return (
            (x - self.stage[0] / 2) * scale + self.frame[0] * (0.5 + self.pan[0] * travel),
            (y - self.stage[1] / 2) * scale + self.frame[1] * (0.5 + self.pan[1] * travel),
        )


class Element(Protocol):
    """Something to be drawn, back to front."""

    def draw(self, frame: Image.Image, view: View) -> None:
        """Draw over what is in the frame (RGB)."""


@dataclass
class Sprite:
    """A picture at a place on the stage. Lengths are pixels of the stage, drift per second."""

    image: Image.Image  # RGB or RGBA
    left: float = 0.0
    top: float = 0.0
    depth: float = 0.0
    drift: float = 0.0
    bob: float = 0.0
    sway: float = 0.0  # how far the top leans, as a fraction of the height
    phase: float = 0.0

    def draw(self, frame: Image.Image, view: View) -> None:
        placed = self._patch(view)
        if placed is None:
            return
        patch, corner = placed
        self.blend(frame, patch, corner, view)

    def blend(self, frame: Image.Image, patch: Image.Image, corner: Size, view: View) -> None:
        """Put the visible part of the image onto the frame."""
        frame.paste(patch, corner, patch if patch.mode == "RGBA" else None)

    def _patch(self, view: View) -> tuple[Image.Image, Size] | None:
        """The visible part in frame pixels, and where its corner goes."""
        scale = view.scale(self.depth)
        swing = sin(view.seconds * 1.7 + self.phase)
        top = self.top + self.bob * swing
        x, y = view.place(self.left + self.drift * view.seconds, top, self.depth)
        width, height = self.image.width * scale, self.image.height * scale
        left, upper = max(0, ceil(x - 0.01)), max(0, ceil(y - 0.01))
        right = min(view.frame[0], floor(x + width + 0.01))
        lower = min(view.frame[1], floor(y + height + 0.01))
        if right <= left or lower <= upper:
            return None
        origin = ((left - x) / scale, (upper - y) / scale)
        image = self._swaying(swing) if self.sway and view.seconds else self.image
        return _cut(image, origin, (right - left, lower - upper), scale), (left, upper)

    def _swaying(self, swing: float) -> Image.Image:
        lean = self.sway * swing * 0.5
        shear = (1, lean, -lean * self.image.height, 0, 1, 0)
        return self.image.transform(
            self.image.size, Image.Transform.AFFINE, shear, Image.Resampling.BILINEAR
        )


def _cut(image: Image.Image, origin: tuple[float, float], size: Size, scale: float) -> Image.Image:
    """The part of `image` from `origin` on that fills `size` at `scale`, to subpixels."""
    x, y = max(0.0, origin[0]), max(0.0, origin[1])
    if abs(scale - 1) < 1e-4 and abs(x - round(x)) < 0.02 and abs(y - round(y)) < 0.02:
        return image.crop((round(x), round(y), round(x) + size[0], round(y) + size[1]))
    right = min(image.width, x + size[0] / scale)
    lower = min(image.height, y + size[1] / scale)
    return image.resize(size, Image.Resampling.BILINEAR, box=(x, y, right, lower))


@dataclass
class Light(Sprite):
    """A picture that only adds light. `flicker` is how much of it comes and goes."""

    flicker: float = 0.0
    rate: float = 2.0

    def blend(self, frame: Image.Image, patch: Image.Image, corner: Size, view: View) -> None:
        if self.flicker:
            wave = 0.5 - 0.5 * cos(view.seconds * self.rate * pi + self.phase)
            gain = 1 - self.flicker * wave
            patch = patch.point([round(value * gain) for value in range(256)] * 3)
        box = (*corner, corner[0] + patch.width, corner[1] + patch.height)
        frame.paste(ImageChops.screen(frame.crop(box), patch), corner)


@dataclass
class Overlay:
    """Something drawn by a function of the frame and the view, such as water or rain."""

    drawing: Callable[[Image.Image, View], None]

    def draw(self, frame: Image.Image, view: View) -> None:
        self.drawing(frame, view)


@lru_cache(maxsize=8)
def _dither(rows: int, columns: int) -> np.ndarray:
    return np.random.default_rng(7).random((rows, columns, 1), np.float32)


def to_image(rgb: np.ndarray, alpha: np.ndarray | None = None) -> Image.Image:
    """An 8-bit image of colours 0 to 1, dithered against banding, with an optional alpha."""
    pixels = rgb * np.float32(255)
    pixels += _dither(*rgb.shape[:2])
    pixels = np.clip(pixels, 0, 255, out=pixels).astype(np.uint8)
    if alpha is None:
        return Image.fromarray(pixels)
    cover = np.clip(alpha * 255 + 0.5, 0, 255).astype(np.uint8)
    return Image.fromarray(np.dstack([pixels, cover]))


def cropped(rgb: np.ndarray, alpha: np.ndarray, depth: float, **motion: float) -> Sprite | None:
    """A sprite of the rows of a stage-sized layer that show anything."""
    rows = np.flatnonzero(alpha.max(axis=1) > 0.004)
    if not len(rows):
        return None
    top, below = int(rows[0]), int(rows[-1]) + 1
    return Sprite(to_image(rgb[top:below], alpha[top:below]), 0.0, float(top), depth, **motion)

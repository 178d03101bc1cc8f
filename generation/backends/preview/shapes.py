"""Shapes drawn without edges of pixels, and the light on them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .noise import Field, smoothstep
from .palette import Colour
from .stage import to_image

Points = np.ndarray  # count x 2 or 3: across from the middle, down from the top, radius
Ink = int | tuple[int, ...]
_FINER = 3  # shapes are drawn this much larger and then shrunk


def points(text: str) -> Points:
    """Numbers written as "x,y x,y" or "x,y,radius x,y,radius"."""
    return np.array([[float(n) for n in pair.split(",")] for pair in text.split()], np.float32)


def curve(through: Points, steps: int = 10, *, closed: bool = False) -> Points:
    """A Catmull-Rom curve through the points."""
    if closed:
        padded = np.concatenate([through[-1:], through, through[:2]])
    else:
        padded = np.concatenate([through[:1], through, through[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None]
    parts = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        cubic = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
        parts.append(0.5 * (cubic + (3 * b - 3 * c + d - a) * t**3))
    return np.concatenate([*parts, padded[-2:-1]])


@dataclass(frozen=True)
class Part:
    """A piece of a shape: an outline, or limbs (points with a radius). Lengths are heights."""

    points: Points
    colour: str = "dark"  # a name that the painter of the shape has a colour for
    smooth: bool = False
    glows: bool = False


def part(text: str, colour: str = "dark", *, smooth: bool = False, glows: bool = False) -> Part:
    """A part from its points as text."""
    return Part(points(text), colour, smooth, glows)


def mirrored(*parts: Part) -> tuple[Part, ...]:
    """The parts and their mirror images."""
    flip = np.array([-1, 1, 1], np.float32)
    others = [
        Part(p.points * flip[: p.points.shape[1]], p.colour, p.smooth, p.glows) for p in parts
    ]
    return (*parts, *others)


def draw_parts(
    parts: Iterable[Part], height: int, width: int, colours: dict[str, Colour]
) -> tuple[np.ndarray, Field, np.ndarray]:
    """The parts drawn flat: colours (rows x columns x 3), cover, and the light that glows."""
    size = (width * _FINER, height * _FINER)
    flat = Image.new("RGB", size)
    cover, glow = Image.new("L", size), Image.new("RGB", size)
    pens = [ImageDraw.Draw(image) for image in (flat, cover, glow)]
    for piece in parts:
        fill = tuple(int(c * 255) for c in colours.get(piece.colour, colours["dark"]))
        pens_for: tuple[Ink, ...] = (fill, 255, fill if piece.glows else (0, 0, 0))
        for pen, ink in zip(pens, pens_for, strict=True):
            _draw(pen, piece, height * _FINER, size[0] / 2, ink)
    small = [image.reduce(_FINER) for image in (flat, cover, glow)]
    mask = np.asarray(small[1], np.float32) / 255
    rgb = np.asarray(small[0], np.float32) / 255 / np.maximum(mask, 0.05)[..., None]
    return rgb, mask, np.asarray(small[2], np.float32) / 255


def _draw(pen: ImageDraw.ImageDraw, piece: Part, height: float, middle: float, ink: Ink) -> None:
    shape = piece.points
    if shape.shape[1] == 3:
        limb = curve(shape, 14) * np.float32(height) + np.array([middle, 0, 0], np.float32)
        for x, y, radius in limb:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)
        for (x, y, radius), (to_x, to_y, _) in pairwise(limb):
            pen.line((x, y, to_x, to_y), fill=ink, width=max(1, round(2 * radius)))
        return
    outline = curve(shape, closed=True) if piece.smooth else shape
    pen.polygon([(middle + x, y) for x, y in outline * height], fill=ink)


def relief(mask: Field, radius: float) -> tuple[Field, Field]:
    """How a flat shape would lean, were it inflated: across (right is +) and down (down is +)."""
    image = Image.fromarray((mask * 255).astype(np.uint8))
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255
    return -np.gradient(soft, axis=1) * radius * 2.2, -np.gradient(soft, axis=0) * radius * 2.2


@dataclass(frozen=True)
class Lighting:
    """The light on a shape. `side` is 1 when it comes from the right."""

    side: float
    lit: Colour
    shade: Colour
    air: Colour
    haze: float = 0.0
    rim: float = 0.8
    body: float = 0.45


def shaded(rgb: np.ndarray, mask: Field, lighting: Lighting) -> np.ndarray:
    """Colours in the scene's light: a soft side light, a bright rim, air in front."""
    height = mask.shape[0]
    across, down = relief(mask, max(1.5, height * 0.05))
    light = np.clip(0.35 + across * lighting.side * 1.1 - down * 0.5, 0, 1.2)
    fine_across, fine_down = relief(mask, max(1.0, height * 0.012))
    rim = smoothstep(0.25, 0.8, fine_across * lighting.side - fine_down * 0.35)
    lit = rgb * (0.25 + lighting.lit * 0.9)
    dark = rgb * (0.3 + 0.4 * lighting.shade) + lighting.shade * 0.1
    pixels = dark + (lit - dark) * (light * lighting.body)[..., None]
    pixels = pixels + (lighting.lit - pixels) * (rim * lighting.rim)[..., None]
    return pixels + (lighting.air - pixels) * lighting.haze


def glowing(light: np.ndarray, radius: float) -> Image.Image:
    """Light and the bloom around it, to be added to a picture."""
    image = to_image(light - 0.004)
    near = image.filter(ImageFilter.GaussianBlur(radius)).point(_times(1.3))
    small = image.reduce(2) if min(image.size) > 8 else image
    wide = small.filter(ImageFilter.GaussianBlur(radius * 1.5)).point(_times(1.6))
    bloom = ImageChops.add(near, wide.resize(image.size, Image.Resampling.BILINEAR))
    return ImageChops.add(image.point(_times(0.9)), bloom)


def _times(gain: float) -> list[int]:
    """A point table that multiplies."""
    return [min(255, int(value * gain)) for value in range(256)] * 3


def rectangle(
    left: float, top: float, right: float, bottom: float, colour: str, **kind: bool
) -> Part:
    """An upright rectangle."""
    corners: Sequence[tuple[float, float]] = (
        (left, top), (right, top), (right, bottom), (left, bottom),
    )  # fmt: skip
    return Part(np.array(corners, np.float32), colour, **kind)

"""Seeded noise. Fields are defined by cells, not pixels: they look alike at every size."""

from typing import Any
from zlib import crc32

import numpy as np
from PIL import Image

Field = np.ndarray  # float32, rows x columns
Size = tuple[int, int]  # width, height in pixels


def generator(seed: int, *names: object) -> np.random.Generator:
    """A stream of its own for each name, so that one part never reshuffles another."""
    return np.random.default_rng([seed, *(crc32(str(name).encode()) for name in names)])


def resample(
    field: Field, size: Size, method: Image.Resampling = Image.Resampling.BICUBIC
) -> Field:
    """The field at another size."""
    image = Image.fromarray(np.ascontiguousarray(field, np.float32))
    return np.asarray(image.resize(size, method))


def fbm(
    rng: np.random.Generator,
    size: Size,
    cells: tuple[float, float],
    octaves: int,
    gain: float = 0.5,
) -> Field:
    """Fractal noise with mean 0 and deviation about 1; `cells` across width and height.

    Built up a pyramid, each octave twice as fine as the one before, so that the whole costs
    little more than its last level.
    """
    columns, rows = (max(2, round(cell) + 1) for cell in cells)
    total = rng.standard_normal((rows, columns), np.float32)
    amplitude, variance = gain, 1.0
    for _ in range(octaves - 1):
        columns, rows = columns * 2, rows * 2
        finer = rng.standard_normal((rows, columns), np.float32)
        if columns > 2 * size[0] and rows > 2 * size[1]:
            break
        total = resample(total, (columns, rows)) + amplitude * finer
        variance += amplitude**2
        amplitude *= gain
    return resample(total, size) * np.float32(1.3 / np.sqrt(variance))


def ridged(
    rng: np.random.Generator,
    size: Size,
    cells: tuple[float, float],
    octaves: int,
    gain: float = 0.5,
) -> Field:
    """Noise with sharp crests, 0 to about 1: each octave is strongest on the crests before it."""
    total = np.zeros((size[1], size[0]), np.float32)
    weight: Field | float = 1.0
    amplitude, reach = 1.0, 0.0
    for octave in range(octaves):
        across = tuple(max(2, round(cell * 2**octave) + 1) for cell in cells)
        grid = rng.uniform(-1, 1, (across[1], across[0])).astype(np.float32)
        if octave > 2 and across[0] > size[0]:
            break
        crest = 1 - np.minimum(1, np.abs(resample(grid, size)) * 1.5)
        crest *= crest
        total += amplitude * crest * weight
        weight = np.clip(crest * 1.6, 0, 1)
        reach += amplitude
        amplitude *= gain
    return total / np.float32(reach * 0.8)


def tiled(field: Field) -> Field:
    """The field made to continue at its edges, by fading to itself moved by half its size."""
    for axis in (0, 1):
        count = field.shape[axis]
        window = np.sin(np.linspace(0, np.pi, count, dtype=np.float32)) ** 2
        window = window[:, None] if axis == 0 else window[None, :]
        moved = np.roll(field, count // 2, axis)
        field = (field * window + moved * (1 - window)) / np.sqrt(window**2 + (1 - window) ** 2)
    return field


def line(
    rng: np.random.Generator, count: int, cells: float, octaves: int, gain: float = 0.5
) -> Field:
    """One-dimensional fractal noise: `count` values, mean 0, deviation about 1."""
    return fbm(rng, (count, 1), (cells, 0), octaves, gain)[0]


def smoothstep(low: Any, high: Any, value: Any) -> Any:
    """0 below `low`, 1 above `high`, with soft ends; the edges may be swapped.

    Each may be a number or an array; the answer has the shape of all of them together.
    """
    ratio = np.clip((value - low) / (high - low), 0, 1)
    return ratio * ratio * (3 - 2 * ratio)


def soften(field: Field, radius: float) -> Field:
    """A wide blur, made by shrinking and growing; `radius` in pixels."""
    height, width = field.shape
    factor = max(1.0, radius)
    small = (max(1, round(width / factor)), max(1, round(height / factor)))
    return resample(resample(field, small, Image.Resampling.BOX), (width, height))


def bilinear(field: np.ndarray, x: Field, y: Field) -> np.ndarray:
    """`field` (rows x columns, any channels) at fractional positions, wrapping at the edges."""
    height, width = field.shape[:2]
    left, top = np.floor(x).astype(np.intp), np.floor(y).astype(np.intp)
    along, down = (x - left).astype(np.float32), (y - top).astype(np.float32)
    if field.ndim == 3:
        along, down = along[..., None], down[..., None]
    left, top = left % width, top % height
    right, below = (left + 1) % width, (top + 1) % height
    upper = field[top, left] * (1 - along) + field[top, right] * along
    lower = field[below, left] * (1 - along) + field[below, right] * along
    return upper * (1 - down) + lower * down

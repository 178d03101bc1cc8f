"""ThumbHash: a picture as about 25 bytes, to show blurred until the real one is there.

The algorithm is Evan Wallace's (https://evanw.github.io/thumbhash/), here with numpy, for
opaque pictures. Same bytes as the `thumbhash` package, some hundred times faster.
"""

import math

import numpy as np
from PIL import Image

_LONGEST_SIDE = 100


def thumbhash(image: Image.Image) -> bytes:
    """The hash of an RGB picture of any size."""
    image = image.convert("RGB")
    image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    return encode(np.asarray(image))


def encode(pixels: np.ndarray) -> bytes:
    """The hash of height x width x 3 uint8 pixels, at most 100 a side."""
    height, width = pixels.shape[:2]
    longest = max(width, height)
    across = max(1, round(7 * width / longest))
    down = max(1, round(7 * height / longest))
    red, green, blue = np.moveaxis(pixels / 255, -1, 0)
    lightness = _channel((red + green + blue) / 3, max(3, across), max(3, down))
    yellow_blue = _channel((red + green) / 2 - blue, 3, 3)
    red_green = _channel(red - green, 3, 3)
    landscape = width > height
    header = _header(lightness, yellow_blue, red_green)
    header += _shape(yellow_blue[2], red_green[2], down if landscape else across, landscape)
    return header + _nibbles(lightness[1] + yellow_blue[1] + red_green[1])


def _channel(values: np.ndarray, across: int, down: int) -> tuple[float, list[float], float]:
    """Mean, coefficients scaled to 0..1 in the order of the format, and their scale."""
    height, width = values.shape
    spectrum = _cosines(down, height) @ values @ _cosines(across, width).T / (width * height)
    kept = [
        float(spectrum[y, x])
        for y in range(down)
        for x in range(across)
        if x * down < across * (down - y)
    ]
    mean, rest = kept[0], kept[1:]
    scale = max(map(abs, rest))
    return mean, [0.5 + 0.5 / scale * value if scale else value for value in rest], scale


def _cosines(count: int, length: int) -> np.ndarray:
    """The first `count` cosines over `length` samples (DCT-II)."""
    return np.cos(math.pi / length * np.outer(np.arange(count), np.arange(length) + 0.5))


def _header(lightness, yellow_blue, red_green) -> bytes:
    """Means, and the scale of lightness: 6, 6, 6 and 5 bits, then no alpha."""
    bits = (
        round(63 * lightness[0])
        | round(31.5 + 31.5 * yellow_blue[0]) << 6
        | round(31.5 + 31.5 * red_green[0]) << 12
        | round(31 * lightness[2]) << 18
    )
    return bits.to_bytes(3, "little")


def _shape(yellow_blue: float, red_green: float, shorter: int, landscape: bool) -> bytes:
    """The count of the shorter side, the scales of both colours, and which side is longer."""
    bits = shorter | round(63 * yellow_blue) << 3 | round(63 * red_green) << 9 | landscape << 15
    return bits.to_bytes(2, "little")


def _nibbles(values: list[float]) -> bytes:
    digits = [round(15 * value) for value in values]
    digits += [0] * (len(digits) % 2)
    return bytes(low | high << 4 for low, high in zip(digits[::2], digits[1::2], strict=True))

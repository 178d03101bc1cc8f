"""Colours: curated palettes by light, mixing in OKLab, ramps. Colours are sRGB, 0 to 1."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from .noise import Field, generator

Colour = np.ndarray  # float32, 3 channels

# https://bottosson.github.io/posts/oklab/
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LAB, _FROM_LMS = np.linalg.inv(_TO_LAB), np.linalg.inv(_TO_LMS)


def colour(code: str) -> Colour:
    """The colour of a hexadecimal code such as "ffd9b0"."""
    return np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)], np.float32) / 255


def to_lab(rgb: np.ndarray) -> np.ndarray:
    """OKLab of sRGB colours (last axis: channels)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((np.maximum(rgb, 0) + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T


def from_lab(lab: np.ndarray) -> np.ndarray:
    """sRGB colours, clipped to the gamut, of OKLab ones."""
    linear = np.clip((lab @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T, 0, 1)
    rgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return rgb.astype(np.float32)


def mix(first: Colour, second: Colour, amount: float) -> Colour:
    """`first` at 0, `second` at 1, evenly for the eye between."""
    return from_lab(to_lab(first) * (1 - amount) + to_lab(second) * amount)


def ramp(
    colours: Sequence[Colour], stops: Sequence[float] | None = None, count: int = 1024
) -> Field:
    """`count` colours (count x 3) leading smoothly through `colours`, at `stops` from 0 to 1."""
    lab = to_lab(np.stack(colours))
    at = np.linspace(0, 1, len(colours)) if stops is None else np.asarray(stops)
    place = np.linspace(0, 1, count)
    return from_lab(np.stack([np.interp(place, at, lab[:, i]) for i in range(3)], axis=1))


def paint(field: Field, colours: Field) -> Field:
    """The ramp `colours` looked up by a field of 0 to 1: rows x columns x 3."""
    index = np.clip(field * (len(colours) - 1), 0, len(colours) - 1).astype(np.intp)
    return colours.take(index, axis=0)


def shift(rgb: Colour, *, lightness: float = 1.0, chroma: float = 1.0, turn: float = 0.0) -> Colour:
    """A colour made lighter, more vivid, or turned around the hue circle by `turn` radians."""
    lightness_, a, b = to_lab(rgb).T
    cosine, sine = np.cos(turn), np.sin(turn)
    turned = np.stack(
        [
            np.clip(lightness_ * lightness, 0, 1),
            (a * cosine - b * sine) * chroma,
            (a * sine + b * cosine) * chroma,
        ],
        axis=-1,
    )
    return from_lab(turned)


def tint(rgb: Colour, towards: Colour, amount: float) -> Colour:
    """The hue of `towards` at the lightness of `rgb`."""
    own, other = to_lab(rgb), to_lab(towards)
    scale = np.sqrt(min(1.0, own[0] / max(other[0], 0.05)))
    wanted = np.array([own[0] * 0.85 + other[0] * 0.15, other[1] * scale, other[2] * scale])
    return from_lab(own * (1 - amount) + wanted * amount)


@dataclass(frozen=True)
class Palette:
    """The colours of one scene. The sky runs from the zenith to the horizon."""

    zenith: Colour
    upper: Colour
    lower: Colour
    horizon: Colour
    sun: Colour
    haze: Colour
    lit: Colour
    shade: Colour
    foliage: Colour
    rock: Colour
    ground: Colour
    accent: Colour

    def map(self, change: Callable[[Colour], Colour]) -> "Palette":
        """Every colour put through `change`."""
        return Palette(**{field.name: change(getattr(self, field.name)) for field in fields(self)})


def _palette(codes: str) -> Palette:
    return Palette(*(colour(code) for code in codes.split()))


#        zenith upper  lower  horizon sun   haze   lit    shade  foliage rock  ground accent
PALETTES = {
    "dawn": (
        _palette(
            "3d4f86 8b86b8 e9aeb0 ffdcb4 fff1d2 e2b9b8 f6c7a2 3c3f66 4c5f58 6d6680 7a6a66 ff9e7a"
        ),
        _palette(
            "2f5d7e 6fa0ab f0c9a8 ffe6b8 fff6dc cfc6b4 ffd7a4 30475c 47684f 66707a 75705c f58a5b"
        ),
        _palette(
            "54467e a883ae f2a7a0 ffd0a0 ffe9c8 d9a5ad f9b795 3d3156 555a5e 70607a 7c6464 ffb46e"
        ),
    ),
    "day": (
        _palette(
            "1f62a8 4d97d3 a3d0ea e8f2ef fff8e2 c2d8e2 fff0d0 2f4b66 4c7a3e 7b7d82 8f8a64 f2b544"
        ),
        _palette(
            "2b6f9e 6db3cf bfe0df f5f0da fffbe6 cfdcd8 fff3d4 35505c 5b8243 86827c 9a9066 e8663f"
        ),
        _palette(
            "35559c 7c9fdb bcd0ef f3eee6 fffaf0 c6cde0 fff2dc 37436a 4f7547 7a7888 8a8468 f08a5a"
        ),
    ),
    "golden": (
        _palette(
            "44689c 9aa7b4 f3c583 ffe6a6 fff3c4 efc792 ffd28c 4b3d4a 6b6b34 85705e 97794a ff8a3c"
        ),
        _palette(
            "5b6f8e c2a893 f7b56b ffdd8f fff0c0 e7b27c ffc478 46343c 5f6230 7d6655 8f6f42 e8553a"
        ),
        _palette(
            "2f6a80 8db3a5 f5d08a fff0b4 fff7d4 e0cf9c ffdd94 2f4a4c 56702f 7c735c 8c8048 f2803a"
        ),
    ),
    "dusk": (
        _palette(
            "1b2250 573a7c d95f7c ffb46a ffe2a8 b2628c ff9c6c 221d40 2e3d44 4d3f62 4f3f50 ffb057"
        ),
        _palette(
            "12324f 2f6278 c98a7c ffc27c ffe6b4 94808c ffae78 14283c 21403c 3f4a5e 46464c ff7e4f"
        ),
        _palette(
            "2a1a4a 7a2f73 f0576b ff9d5c ffd59a c4577e ff8660 2a1538 33363f 553a5a 57394a ffd06a"
        ),
    ),
    "night": (
        _palette(
            "050b20 0d1d44 1d3a68 41658f dfe9ff 2b4a70 a9c4ee 060d1f 0f2428 1f2c44 1a2434 ffc36b"
        ),
        _palette(
            "0a0a26 1c1748 3a2c6c 6a5590 efe6ff 3a3468 b8b2f0 0a0a20 161f30 2a2748 221f36 ff9b6a"
        ),
        _palette(
            "03131f 0a2c3d 145062 3f8487 e2fff6 215560 9ce0d6 041219 0a2a26 1a333c 152a2e ffd27a"
        ),
    ),
    "neon": (
        _palette(
            "070718 160f3c 43206e c03f8e ffe3f4 4b2c78 9fd4ff 080918 14242c 1d2140 1b1a30 ff4fa3"
        ),
        _palette(
            "050a18 0c1f3c 1c4570 3fa0b8 e8fbff 284a78 ffb0dc 060a18 10262c 1a2644 181c30 ff3f8e"
        ),
        _palette(
            "0c0614 2a0f3a 6a1f5a e8604f ffe8d0 5a2858 ffc0a8 0b0716 1c2028 2a1c38 22182a 39d0ff"
        ),
    ),
    "storm": (
        _palette(
            "1c232c 36424d 66757d a9b3b0 e8ecdf 7d8a8e c8cfc8 1b2429 2c3a33 3f484c 3f4543 e0b25a"
        ),
        _palette(
            "232433 454660 7b7890 b9adb0 efe6dc 85829a cfc5cc 20202e 30383c 484858 464450 dd8a5f"
        ),
    ),
}


def palette_for(light: str, seed: int, colours: Sequence[Colour], salt: int) -> Palette:
    """The palette of a light, chosen by seed, leaning to the colours named in the prompt.

    `salt` (from words that have no meaning here) turns the hues a little.
    """
    rng = generator(seed, "palette")
    choices = PALETTES[light]
    chosen = choices[int(rng.integers(len(choices)))]
    turn = float(rng.normal(0, 0.06)) + ((salt % 1000) / 1000 - 0.5) * 0.22
    turned = chosen.map(lambda rgb: shift(rgb, turn=turn))
    return lean(turned, colours) if colours else turned


def lean(palette: Palette, colours: Sequence[Colour]) -> Palette:
    """The palette with named colours in it: the first in the sky, the last in the accents."""
    main, other = colours[0], colours[min(1, len(colours) - 1)]
    skyward = {name: tint(getattr(palette, name), main, 0.7) for name in ("upper", "lower", "haze")}
    landward = {
        name: tint(getattr(palette, name), other, 0.5) for name in ("shade", "ground", "rock")
    }
    return replace(
        palette,
        **skyward,
        **landward,
        zenith=tint(palette.zenith, main, 0.6),
        horizon=tint(palette.horizon, other, 0.55),
        lit=tint(palette.lit, other, 0.45),
        foliage=tint(palette.foliage, other, 0.4),
        accent=colours[-1],
    )

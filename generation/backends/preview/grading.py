"""Colour treatment as functions of colour, baked into one lookup table per picture."""

from collections.abc import Callable

import numpy as np
from PIL import ImageFilter

from .noise import smoothstep
from .palette import colour, ramp
from .scene import Scene

Grade = Callable[[np.ndarray], np.ndarray]  # n x 3 sRGB, 0 to 1 (or a little beyond) -> the same
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_EDGE = 25  # samples along each side of the table


def luma(rgb: np.ndarray) -> np.ndarray:
    """Brightness as a column."""
    return (rgb @ _LUMA)[..., None]


def contrast(amount: float, pivot: float = 0.45) -> Grade:
    """Steeper around the pivot, rolling off softly at both ends."""
    return lambda rgb: np.clip(pivot + (rgb - pivot) * amount, -0.02, 1.04)


def saturation(amount: float) -> Grade:
    return lambda rgb: luma(rgb) + (rgb - luma(rgb)) * amount


def balance(red: float, green: float, blue: float) -> Grade:
    gains = np.array([red, green, blue], np.float32)
    return lambda rgb: rgb * gains


def fade(black: float, white: float = 1.0) -> Grade:
    """Lifted blacks and lowered whites, as on old prints."""
    return lambda rgb: black + np.clip(rgb, 0, 1) * (white - black)


def split(shadows: str, highlights: str, amount: float) -> Grade:
    """One hue into the dark parts and another into the light ones."""
    low, high = colour(shadows), colour(highlights)

    def grade(rgb: np.ndarray) -> np.ndarray:
        light = smoothstep(0.1, 0.85, luma(rgb))
        tone = low * (1 - light) + high * light
        tone = tone - luma(tone)
        return rgb + tone * amount

    return grade


def gamma(power: float) -> Grade:
    return lambda rgb: np.clip(rgb, 0, 1) ** power


def duotone(codes: str, amount: float) -> Grade:
    """Brightness painted with a ramp of colours."""
    table = ramp([colour(code) for code in codes.split()])

    def grade(rgb: np.ndarray) -> np.ndarray:
        index = np.clip(luma(rgb)[..., 0] * 1023, 0, 1023).astype(int)
        return rgb * (1 - amount) + table[index] * amount

    return grade


STYLE_GRADES: dict[str, tuple[Grade, ...]] = {
    "cinematic": (contrast(1.10), split("0f5a70", "ffae66", 0.16), saturation(1.04)),
    "vintage": (saturation(0.55), duotone("2a1a12 7a5a38 c9a673 f6e7c4", 0.55), fade(0.10, 0.95)),
    "low_key": (gamma(1.75), contrast(1.15, 0.3), saturation(0.85)),
    "indy": (saturation(0.74), split("2a4a52", "f0d8a0", 0.12), contrast(0.9), fade(0.085, 0.94)),
    "y2k": (
        gamma(1.2),
        duotone("1a0a5e 7a2be0 ff5fc8 8fe8ff ffffff", 0.5),
        saturation(1.35),
        contrast(1.12),
    ),
    "pop": (saturation(1.8), contrast(1.16, 0.55), gamma(0.95)),
    "grunge": (saturation(0.45), contrast(1.35), split("1c3a2c", "c8b878", 0.16), gamma(1.12)),
    "dreamy": (saturation(1.12), split("6a5ac8", "ffc9dc", 0.30), contrast(0.94), fade(0.08, 1.0)),
    "hand_drawn": (gamma(0.72), saturation(1.05), contrast(1.05), fade(0.12, 1.0)),
    "novel_2d": (gamma(0.82), saturation(1.45), contrast(1.1)),
    "boost": (contrast(1.24), saturation(1.42)),
}
COLOUR_GRADES: dict[str, tuple[Grade, ...]] = {
    "warm": (balance(1.10, 1.0, 0.84), split("5a2a20", "ffd090", 0.12)),
    "cool": (balance(0.88, 0.99, 1.13), split("10345e", "cfe6ff", 0.12)),
    "vintage": (saturation(0.7), split("4a3020", "f0dca8", 0.22), fade(0.07, 0.96)),
    "modern": (contrast(1.12), saturation(0.88), split("20303a", "f4f6ff", 0.08)),
    "cinematic": (contrast(1.1), split("08505f", "ffa860", 0.24)),
}
LIGHT_GRADES: dict[str, tuple[Grade, ...]] = {
    "natural": (balance(1.01, 1.01, 0.98), gamma(0.95)),
    "studio": (contrast(1.14), gamma(0.92), saturation(0.95)),
    "dramatic": (contrast(1.32, 0.5), gamma(1.22)),
    "soft": (contrast(0.80, 0.6), fade(0.07, 1.0), gamma(0.92)),
}
TEXTURE_GRADES: dict[str, tuple[Grade, ...]] = {"glossy": (contrast(1.1), saturation(1.12))}


def grades_for(scene: Scene) -> list[Grade]:
    """Every grade of the scene, in the order they are applied."""
    controls = scene.controls
    keen = (min(20.0, max(1.0, scene.guidance)) - 6.5) / 13.5
    grades: list[Grade] = [contrast(1 + 0.16 * keen), saturation(1.03 + 0.30 * keen)]
    grades += LIGHT_GRADES.get(controls.get("lighting", ""), ())
    grades += COLOUR_GRADES.get(controls.get("colour_grading", ""), ())
    grades += TEXTURE_GRADES.get(controls.get("texture", ""), ())
    for style in scene.styles[:2]:
        grades += STYLE_GRADES.get(style, ())
    return grades


def table_for(grades: list[Grade]) -> ImageFilter.Color3DLUT:
    """The grades as one table, in the order that Pillow wants: red runs fastest."""
    axis = np.linspace(0, 1, _EDGE, dtype=np.float32)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    colours = np.stack([red, green, blue], axis=-1).reshape(-1, 3)
    for grade in grades:
        colours = grade(colours)
    flat = np.clip(colours, 0, 1).astype(np.float32).ravel().tolist()
    return ImageFilter.Color3DLUT(_EDGE, flat)

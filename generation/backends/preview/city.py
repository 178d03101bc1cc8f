"""Cities: rows of buildings in haze, windows and neon, a wet street."""

from collections.abc import Iterator

import numpy as np

from .noise import Field, fbm, smoothstep
from .palette import Colour, colour, shift
from .shapes import glowing
from .stage import Element, Light, Overlay, Sprite, Stage, cropped, to_image
from .water import Water, deep_colour

_NEON = tuple(colour(code) for code in ("ff3f8e", "35e0ff", "b45cff", "ffb03a", "4dffb4"))


def paint_city(stage: Stage) -> Iterator[Element]:
    """Three rows of buildings, then the street they stand in unless there is water."""
    scene = stage.scene
    street = scene.has("street", "neon", "rain", "car") or not scene.has("sea", "lake", "river")
    for row, (tall, width, haze) in enumerate(
        ((0.36, 0.035, 0.72), (0.44, 0.055, 0.42), (0.5, 0.085, 0.12))
    ):
        yield from _row(stage, row, tall * scene.has("city", "street") ** 0.6, width, haze)
    if scene.has("street", "neon") and scene.angle != "birds_eye":
        yield from _row(stage, 3, 0.98, 0.17, 0.0)
    if street:
        yield from _street(stage)


def _lights_on(stage: Stage) -> float:
    """The share of windows that are lit."""
    return {"night": 0.34, "dusk": 0.3, "dawn": 0.16, "golden": 0.1}.get(stage.scene.time, 0.03)


def _row(stage: Stage, row: int, tall: float, width: float, haze: float) -> Iterator[Element]:
    rgb = np.zeros((stage.height, stage.width, 3), np.float32)
    alpha = np.zeros((stage.height, stage.width), np.float32)
    light = np.zeros_like(rgb)
    rng = stage.scene.rng("city", row)
    left = -0.05
    aspect = stage.width / stage.height
    while left < 1.05:
        wide = float(rng.uniform(0.6, 1.5)) * width / aspect * 1.5
        if not (row == 3 and 0.27 < left + wide / 2 < 0.73):
            height = tall * float(rng.uniform(0.4, 1.0)) * _skyline(stage, left + wide / 2, row)
            _building(stage, (rgb, alpha, light), (left, wide, height), haze, rng)
        left += wide * float(rng.uniform(0.9, 1.12))
    depth = (0.12, 0.22, 0.34, 0.7)[row]
    sprite = cropped(_misty(stage, rgb, haze), alpha, depth)
    if sprite is None:
        return
    yield sprite
    top = int(sprite.top)
    glow = light[top : top + sprite.image.height] * (1 - haze * 0.6)
    if glow.any():
        yield Light(
            glowing(glow, max(0.8, stage.height / 420)), 0, top, depth, flicker=0.07, phase=row
        )


def _skyline(stage: Stage, x: float, row: int) -> float:
    """The height of the town at x: tallest at its centre, or at the sides of a street."""
    if row == 3:
        return 1.0
    centre = 0.5 if stage.scene.symmetrical else 1 - stage.scene.focus
    return 0.55 + 0.75 * float(np.exp(-(((x - centre) / 0.24) ** 2)))


def _building(
    stage: Stage, layers: tuple[np.ndarray, Field, np.ndarray], place: tuple[float, float, float],
    haze: float, rng: np.random.Generator,
) -> None:  # fmt: skip
    """One block with a stepped top, a lit side, windows, perhaps neon, into the three layers."""
    rgb, alpha, light = layers
    left, wide, height = place
    palette = stage.scene.palette
    foot = stage.scene.horizon + 0.03
    x0, x1 = int(left * stage.width), int((left + wide) * stage.width)
    y0, y1 = int((foot - height) * stage.height), stage.height
    tone = palette.shade * rng.uniform(0.7, 1.05) + palette.rock * 0.16 + palette.lit * 0.06
    tone = tone + (palette.haze - tone) * haze
    steps = int(rng.integers(0, 3))
    inset = (x1 - x0) // 7
    for step in range(steps + 1):
        a, b = max(0, x0 + inset * (steps - step)), min(stage.width, x1 - inset * (steps - step))
        top = max(0, y0 + int(step * 0.035 * stage.height))
        if b <= a:
            continue
        rgb[top:y1, a:b] = tone
        alpha[top:y1, a:b] = 1
        face = a + (b - a) // 3 if stage.scene.sun[0] < left else b - (b - a) // 3
        side = slice(a, face) if stage.scene.sun[0] < left else slice(face, b)
        rgb[top:y1, side] = tone + palette.lit * 0.13 * (1 - haze * 0.5)
    if rng.random() < 0.4:
        mast, mid = (
            max(0, y0 - int(0.05 * stage.height)),
            min(stage.width - 1, max(0, (x0 + x1) // 2)),
        )
        rgb[mast:y1, mid], alpha[mast : max(y0, 0) + 1, mid] = tone, 1
    _windows(
        stage,
        layers,
        (max(0, x0 + 1), max(0, y0 + inset // 2 + 2), min(stage.width, x1 - 1)),
        haze,
        rng,
    )
    if stage.scene.has("neon") and haze < 0.5 and rng.random() < 0.9:
        _sign(stage, light, (x0, max(0, y0), x1), rng)


def _windows(
    stage: Stage, layers: tuple[np.ndarray, Field, np.ndarray], box: tuple[int, int, int],
    haze: float, rng: np.random.Generator,
) -> None:  # fmt: skip
    rgb, alpha, light = layers
    near = 1.0 - haze
    unit = min(stage.height, stage.width)
    pitch_x = max(2, round(unit * (0.006 + 0.005 * near)))
    pitch_y = max(3, round(unit * (0.009 + 0.009 * near)))
    left, top, right = box
    bottom = min(stage.height, int((stage.scene.horizon + 0.03) * stage.height))
    if right - left < pitch_x or bottom - top < pitch_y:
        return
    columns, rows = (right - left) // pitch_x + 1, (bottom - top) // pitch_y + 1
    floors = rng.power(0.7, (rows, 1)) * 1.7
    on = rng.random((rows, columns)) < _lights_on(stage) * rng.uniform(0.3, 1.2) * floors
    warm = rng.random((rows, columns, 1)).astype(np.float32)
    hue = stage.scene.palette.accent * 0.5 + colour("ffd896") * 0.5
    hues = (
        (hue * warm + colour("cfe4ff") * (1 - warm) * 0.9)
        * rng.power(0.9, (rows, columns, 1))
        * 0.75
    )
    cells = (hues * on[..., None]).astype(np.float32)
    grid = cells.repeat(pitch_y, 0).repeat(pitch_x, 1)[: bottom - top, : right - left]
    gap_y = np.arange(grid.shape[0]) % pitch_y < max(1, pitch_y * 0.55)
    gap_x = np.arange(grid.shape[1]) % pitch_x < max(1, pitch_x * 0.62)
    grid = grid * (gap_y[:, None] & gap_x[None, :])[..., None]
    seen = alpha[top:bottom, left:right, None]
    light[top:bottom, left:right] = grid * seen * (0.35 + 0.65 * near)
    panes = (gap_y[:, None] & gap_x[None, :])[..., None] * 0.1 * near
    rgb[top:bottom, left:right] *= 1 - panes


def _sign(
    stage: Stage, light: np.ndarray, box: tuple[int, int, int], rng: np.random.Generator
) -> None:
    """An upright or level strip of neon."""
    left, top, right = box
    foot = int(stage.scene.horizon * stage.height)
    tone = _NEON[int(rng.integers(len(_NEON)))]
    if foot - top < 8 or right - left < 6:
        return
    y = int(rng.uniform(top + (foot - top) * 0.15, foot - (foot - top) * 0.2))
    x = int(rng.uniform(left, right - 2))
    upright = rng.random() < 0.65
    wide = max(2, int(stage.height * (0.008 if upright else 0.07)))
    high = max(2, int(stage.height * (rng.uniform(0.06, 0.2) if upright else 0.008)))
    light[max(0, y) : y + high, max(0, x) : max(0, x + wide)] = tone


def _misty(stage: Stage, rgb: np.ndarray, haze: float) -> np.ndarray:
    """Haze that thickens towards the foot of the buildings."""
    palette, foot = stage.scene.palette, stage.scene.horizon + 0.03
    air: Colour = palette.haze * 0.5 + palette.horizon * 0.5
    thick = smoothstep(foot - 0.34, foot + 0.02, stage.down) * (0.25 + 0.5 * haze)
    if stage.scene.has("fog", "rain"):
        thick = np.minimum(0.85, thick * 1.5 + 0.1)
    return rgb + (air - rgb) * thick[:, None, None]


def _street(stage: Stage) -> Iterator[Element]:
    """The ground in front: stone that mirrors, the more the wetter it is."""
    scene = stage.scene
    wet = 0.74 if scene.has("rain", "neon") else 0.24
    deep = shift(deep_colour(stage), chroma=0.5) * 0.75 + scene.palette.ground * 0.1
    water = Water(
        scene, stage.size, scene.horizon + 0.025, 0.42, deep, keep=wet, depth=0.45, street=True
    )
    yield Overlay(water.draw)
    yield _ground_glow(stage)


def _ground_glow(stage: Stage) -> Element:
    """Lit air over the street, where the buildings meet it."""
    palette, line = stage.scene.palette, stage.scene.horizon + 0.02
    cloud = fbm(stage.scene.rng("ground glow"), stage.size, (4, 3), 4) * 0.16
    off = stage.down[:, None] - line
    layer = np.exp(-np.abs(off) / np.where(off < 0, 0.075, 0.03)) * (0.62 + cloud)
    warm = np.exp(-(((stage.across - 0.5) / 0.45) ** 2))[None, :, None]
    air = palette.haze + (palette.horizon - palette.haze) * warm * 0.7
    strength = 0.8 if stage.scene.has("neon", "rain", "fog") else 0.65
    alpha = np.clip(layer * strength, 0, 0.95)
    sprite = cropped(np.broadcast_to(air, (*alpha.shape, 3)), alpha, 0.4)
    return sprite or Sprite(to_image(np.zeros((1, 1, 3), np.float32)))

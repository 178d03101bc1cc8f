"""Skies: gradient, sun or moon with their glow, clouds in perspective, stars."""

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from .noise import Field, bilinear, fbm, resample, smoothstep, tiled
from .palette import paint, ramp
from .stage import Element, Light, Sprite, Stage, cropped, to_image


def paint_sky(stage: Stage) -> list[Element]:
    """The whole sky, behind everything."""
    scene = stage.scene
    elements: list[Element] = [Sprite(to_image(_gradient(stage)), depth=0.0)]
    if _is_dark(stage):
        elements += _stars(stage)
    if scene.has("moon") or (scene.time == "night" and _clear(stage)):
        elements.append(_moon(stage))
    cover = cloud_cover(stage)
    if cover > 0:
        elements += [layer for layer in (_clouds(stage, cover), _bank(stage, cover)) if layer]
    return elements


def _is_dark(stage: Stage) -> bool:
    scene = stage.scene
    return bool(scene.has("stars")) or (scene.time == "night" and _clear(stage))


def _clear(stage: Stage) -> bool:
    return not stage.scene.has("rain", "storm", "fog", "snow", "neon")


def cloud_cover(stage: Stage) -> float:
    """How much of the sky is clouded, 0 to 1. Drawn by seed unless the words say so."""
    scene = stage.scene
    if scene.has("storm", "rain"):
        return 0.85
    if scene.has("clouds"):
        return min(0.9, 0.62 * scene.has("clouds"))
    drawn = float(scene.rng("cover").uniform(0.22, 0.52))
    return 0.0 if "clouds" in scene.removed else drawn * (0.6 if scene.time == "night" else 1)


def glow(stage: Stage, x: float, y: float, reach: float) -> Field:
    """Light that spreads from a point: 1 there, softly less with the distance."""
    small = Stage(stage.scene, max(16, stage.width // 4), max(16, stage.height // 4))
    return resample(np.exp(-small.distance(x, y) / reach), stage.size)


def sun_height(stage: Stage) -> float:
    """Where the sun (or moon) stands, from the top."""
    scene = stage.scene
    horizon = max(scene.horizon, 0.25)
    return max(0.06, horizon - scene.sun[1] - (0.22 if scene.time in {"day", "night"} else 0))


def _gradient(stage: Stage) -> np.ndarray:
    """Rows x columns x 3: the sky with the sun's light in it."""
    scene, colours = stage.scene, stage.scene.palette
    horizon = max(scene.horizon, 0.16)
    stops = [colours.zenith, colours.upper, colours.lower, colours.horizon, colours.haze]
    place = np.clip(stage.down / horizon, 0, 1.12) / 1.12
    table = ramp(stops, (0, 0.36, 0.68, 0.89, 1))
    wander = fbm(scene.rng("air"), stage.size, (2, 5), 3) * 0.018
    sky = paint(np.clip(place[:, None] + wander, 0, 1), table)
    if scene.has("storm", "rain") and scene.time != "night":
        return sky
    strength = {"night": 0.35, "day": 0.5}.get(scene.time, 0.75) * max(1.0, scene.has("sun"))
    x, y = scene.sun[0], sun_height(stage)
    for reach, share in ((0.30, 0.45), (0.09, 0.35)):
        light = glow(stage, x, y, reach)[..., None] * (strength * share)
        sky += (1 - sky) * np.minimum(light, 1) * colours.sun
    if scene.time != "night":
        disc = smoothstep(1.06, 0.94, stage.distance(x, y) / _sun_radius(stage))[..., None]
        share = min(1.0, strength + 0.25) if scene.time != "day" or scene.has("sun") else 0.0
        sky += (colours.sun * 1.02 - sky) * disc * share
    return sky


def _sun_radius(stage: Stage) -> float:
    big = {"golden": 0.045, "dusk": 0.055, "dawn": 0.045}.get(stage.scene.time, 0.03)
    return big * (1.5 if stage.scene.has("sun") > 1 else 1.0)


def _moon(stage: Stage) -> Element:
    """A full moon with seas on it and a halo."""
    scene = stage.scene
    radius = 0.045 * (1.5 if scene.has("moon") else 1) * max(1.0, scene.has("moon"))
    x, y = scene.sun[0], sun_height(stage) * 0.8
    far = stage.distance(x, y)
    seas = 0.86 + 0.1 * fbm(scene.rng("moon"), stage.size, (14, 14), 4)
    disc = smoothstep(radius * 1.03, radius * 0.97, far) * np.clip(seas, 0.55, 1.05)
    halo = 0.34 * np.exp(-np.maximum(0, far - radius) / 0.05) + 0.14 * np.exp(-far / 0.22)
    light = np.clip(np.maximum(disc, halo), 0, 1)[..., None] * scene.palette.sun
    return Light(to_image(light), depth=0.02)


def _stars(stage: Stage) -> list[Element]:
    """Points of different brightness; every third twinkles. Denser along a faint milky way."""
    scene = stage.scene
    elements: list[Element] = []
    for part, flicker in enumerate((0.0, 0.55, 0.55)):
        rng = scene.rng("stars", part)
        sky = np.zeros((stage.height, stage.width, 3), np.float32)
        count = int(130 * max(1.0, scene.has("stars") * 1.6))
        x = rng.random(count) * stage.width
        y = rng.random(count) ** 1.3 * max(scene.horizon, 0.5) * stage.height
        tone = ramp([np.array(c, np.float32) for c in ((1, 0.85, 0.7), (1, 1, 1), (0.7, 0.82, 1))])
        hue = tone[rng.integers(0, 1024, count)]
        power = rng.power(0.22, count).astype(np.float32)[:, None] * 0.95 + 0.05
        sky[y.astype(int), x.astype(int)] = hue * power
        if part == 0:
            sky += _milky_way(stage)
        elements.append(Light(spread(sky, stage), depth=0.0, flicker=flicker, phase=part * 2.1))
    return elements


def spread(sky: np.ndarray, stage: Stage) -> Image.Image:
    """Stars as soft points, as large as the picture asks for."""
    image, radius = to_image(sky - 0.004), max(0.3, stage.height / 1600)
    soft = image.filter(ImageFilter.GaussianBlur(radius)).point(lambda v: min(255, v * 3))
    wide = image.filter(ImageFilter.GaussianBlur(radius * 4)).point(lambda v: min(255, v * 4))
    return ImageChops.screen(ImageChops.lighter(image, soft), wide)


def _milky_way(stage: Stage) -> np.ndarray:
    rng = stage.scene.rng("milky way")
    slope, centre = rng.uniform(0.5, 1.1) * rng.choice([-1, 1]), rng.uniform(0.3, 0.7)
    off = (stage.across[None, :] - centre) - slope * (stage.down[:, None] - 0.3)
    cloud = np.clip(0.6 + 0.5 * fbm(rng, stage.size, (4, 5), 6, 0.6), 0, 1.6)
    band = np.exp(-((off / 0.17) ** 2)) * cloud * 0.26
    return band[..., None] * (0.5 * stage.scene.palette.sun + 0.5 * stage.scene.palette.horizon)


def _clouds(stage: Stage, cover: float) -> Element | None:
    """A layer of cloud seen from below, drawn together towards the horizon."""
    scene, colours = stage.scene, stage.scene.palette
    height = int(max(scene.horizon, 0.2) * stage.height)
    size = (max(16, stage.width * 2 // 3), max(8, height * 2 // 3))
    rng = scene.rng("clouds")
    plain = tiled(fbm(rng, (512, 512), (9, 9), scene.octaves + 1, 0.56))
    across = (np.arange(size[0], dtype=np.float32) / size[0] - 0.5)[None, :]
    above = 1 - (np.arange(size[1], dtype=np.float32) + 0.5)[:, None] / size[1]
    away = 1 / (above + 0.16)
    x = 256 + across * away * 62 * stage.width / stage.height
    y = 40 + away * 52
    density, towards = (bilinear(plain, x + step, y) for step in (0, _side(scene.sun[0], across)))
    amount = smoothstep(1.0 - 2.1 * cover, 2.5 - 2.1 * cover, density) * smoothstep(0, 0.28, above)
    lit = np.clip(0.55 + (density - towards) * 0.7 - amount * 0.28, 0, 1)
    sun = np.exp(
        -np.hypot(
            across + 0.5 - scene.sun[0], (1 - above) - sun_height(stage) / max(scene.horizon, 0.2)
        )
        / 0.32
    )
    lit = np.clip(lit + sun * (1 - amount) * 0.8, 0, 1)
    alpha = resample(amount.astype(np.float32), (stage.width, height))
    tone = resample(lit.astype(np.float32), (stage.width, height))
    under = colours.shade * 0.35 + colours.upper * 0.65
    table = ramp([under, colours.lower, colours.horizon, colours.sun], (0, 0.42, 0.76, 1))
    thin = 0.82 if scene.time != "night" else 0.5
    return cropped(paint(tone, table), alpha * thin, 0.03, drift=stage.width * 0.006)


def _side(sun: float, across: Field) -> Field:
    return np.tanh((sun - 0.5 - across) * 5) * 7


def _bank(stage: Stage, cover: float) -> Element | None:
    """Cumulus heaped above the horizon, lit from the sun's side."""
    scene, colours = stage.scene, stage.scene.palette
    if scene.rng("bank").random() > 0.35 + cover or scene.time == "night":
        return None
    rng, height = scene.rng("bank", "shape"), int(max(scene.horizon, 0.2) * stage.height)
    size = (stage.width, height)
    puffs = np.abs(fbm(rng, size, (6, 5), scene.octaves, 0.52)) * 0.8
    heap = fbm(rng, (stage.width, 1), (3, 0), 3)[0] * 0.14 + 0.20 + 0.2 * cover
    above = 1 - (np.arange(height, dtype=np.float32) + 0.5)[:, None] / height
    density = puffs * 0.30 + 0.06 + (heap[None, :] - above) * 1.5
    alpha = smoothstep(0.10, 0.26, density) * smoothstep(-0.05, 0.3, above)
    step = max(1, stage.width // 90) * (1 if scene.sun[0] < 0.5 else -1)
    rows = np.clip(np.arange(height) - abs(step), 0, height - 1)
    columns = np.clip(np.arange(stage.width) - step, 0, stage.width - 1)
    relief = density - density[rows[:, None], columns[None, :]]
    tone = np.clip(0.52 + relief * 1.5 + (above - heap[None, :]) * 0.6, 0, 1)
    table = ramp([colours.haze, colours.lower, colours.horizon, colours.sun], (0, 0.3, 0.65, 1))
    return cropped(paint(tone, table), alpha * 0.9, 0.06, drift=stage.width * 0.003)

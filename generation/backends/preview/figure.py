"""Portraits: a profile in rim light before a blurred place; the shoulder in the foreground."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PIL import Image, ImageFilter

from .creatures import BUN, HAIR, LONG_HAIR, PROFILE, SHOULDER
from .noise import Field, fbm, resample, smoothstep
from .outdoors import paint_place
from .palette import shift
from .shapes import Lighting, Part, draw_parts, glowing, shaded
from .stage import Element, Light, Sprite, Stage, View, to_image
from .subjects import colours_of, lighting_for
from .weather import paint_weather

_BUST = {"wide": 0.72, "medium": 0.92, "close": 1.22}


def paint_portrait(stage: Stage) -> Iterator[Element]:
    """A person from the shoulders up, with depth of field behind."""
    yield Sprite(blurred_place(stage), depth=0.1)
    yield from _bokeh(stage)
    yield from _bust(stage)
    yield from paint_weather(stage)


def blurred_place(stage: Stage) -> Image.Image:
    """The outdoor scene far out of focus."""
    small = (max(48, stage.width // 4), max(48, stage.height // 4))
    scene = replace(stage.scene, width=small[0], height=small[1], octaves=4)
    frame = Image.new("RGB", small)
    for element in paint_place(Stage(scene, *small)):
        element.draw(frame, View(small, small))
    soft = frame.filter(ImageFilter.GaussianBlur(small[1] * 0.022))
    return soft.resize(stage.size, Image.Resampling.BICUBIC)


def _bokeh(stage: Stage) -> Iterator[Element]:
    """Discs of light out of focus, where there would be lamps or sparkle."""
    scene = stage.scene
    rng = scene.rng("bokeh")
    night = scene.time in {"night", "dusk"} or scene.has("city", "neon")
    light = np.zeros((stage.height, stage.width, 3), np.float32)
    tones = [scene.palette.accent, scene.palette.sun, shift(scene.palette.accent, turn=0.7)]
    for _ in range(26 if night else 12):
        radius = stage.height * float(rng.uniform(0.012, 0.05))
        x, y = (
            float(rng.random()),
            float(np.clip(rng.normal(max(0.3, scene.horizon) - 0.05, 0.16), 0, 1)),
        )
        far = stage.distance(x, y) * stage.height / radius
        disc = (
            smoothstep(1.06, 0.94, far) * (0.6 + 0.4 * np.clip(far, 0, 1)) * rng.uniform(0.06, 0.26)
        )
        light += disc[..., None] * tones[int(rng.integers(3))]
    yield Light(to_image(np.clip(light, 0, 1) - 0.002), depth=0.3, flicker=0.15, rate=0.7)


def _bust(stage: Stage) -> Iterator[Element]:
    scene = stage.scene
    height = int(
        stage.height * _BUST.get(scene.shot, 0.9) * (1.1 if scene.angle == "low_angle" else 1)
    )
    height = min(height, int(stage.width * 1.25))
    facing = 1.0 if scene.sun[0] > scene.focus else -1.0
    parts = _head(stage, facing)
    width = int(height * 1.02)
    rgb, mask, _ = draw_parts(parts, height, width, colours_of(scene))
    pixels = _portrait_light(stage, rgb, mask, facing)
    left = scene.focus * stage.width - width * (0.5 - 0.03 * facing)
    top = stage.height - height * 0.98
    yield Sprite(to_image(np.clip(pixels, 0, 1), mask), left, top, 0.6, bob=stage.height * 0.002)
    yield _halo(mask, left, top, stage)


def _head(stage: Stage, facing: float) -> tuple[Part, ...]:
    rng = stage.scene.rng("head")
    style: tuple[Part, ...]
    if stage.scene.has("woman"):
        style = (*LONG_HAIR, PROFILE, HAIR) if rng.random() < 0.6 else (BUN, PROFILE, HAIR)
    else:
        style = (PROFILE, HAIR)
    flip = np.array([facing, 1, 1], np.float32)
    return tuple(Part(p.points * flip[: p.points.shape[1]], p.colour, p.smooth) for p in style)


def _portrait_light(stage: Stage, rgb: np.ndarray, mask: Field, facing: float) -> np.ndarray:
    """Side light, strands in the hair, cloth below the neck, a little of the place within."""
    scene, palette = stage.scene, stage.scene.palette
    height, width = mask.shape
    base = lighting_for(stage, scene.focus, 0.02)
    light = Lighting(facing, base.lit, base.shade, base.air, base.haze, 0.95, 0.95)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    cloth = smoothstep(0.72, 0.80, down - 0.10 * np.abs(across))[..., None]
    weave = fbm(scene.rng("cloth"), (width, height), (8, 5), 4)[..., None] * 0.05
    rgb = (
        rgb * (1 - cloth)
        + (shift(palette.accent, lightness=0.62) * 0.55 + palette.shade * 0.4 + weave) * cloth
    )
    strands = fbm(scene.rng("strands"), (width, height), (46, 4), 3, 0.6)
    hair = (np.abs(rgb - colours_of(scene)["hair"]).sum(axis=2) < 0.06) * (1 - cloth[..., 0])
    rgb = rgb + (hair * strands * 0.035)[..., None]
    pixels = shaded(rgb, mask, light)
    warm = np.exp(-((across - facing * 0.32) ** 2 / 0.05 + (down - 0.4) ** 2 / 0.09))
    pixels = pixels + (warm * 0.26)[..., None] * palette.lit * mask[..., None]
    return pixels + (cloth * 0 + (1 - down)[..., None] * 0.05) * palette.upper


def _halo(mask: Field, left: float, top: float, stage: Stage) -> Element:
    """Light wrapping around the edge that faces the sun."""
    small = resample(
        mask, (max(8, mask.shape[1] // 4), max(8, mask.shape[0] // 4)), Image.Resampling.BOX
    )
    side = 1 if stage.scene.sun[0] > stage.scene.focus else -1
    edge = np.clip(np.roll(small, side * max(1, small.shape[1] // 60), axis=1) - small, 0, 1)
    light = (
        resample(edge, (mask.shape[1], mask.shape[0]))[..., None] * stage.scene.palette.sun * 0.5
    )
    return Light(glowing(np.clip(light, 0, 1) * 0.4, max(1.0, mask.shape[0] / 90)), left, top, 0.6)


def paint_shoulder(stage: Stage) -> Iterator[Element]:
    """Somebody's head and shoulder close to the camera, dark and out of focus."""
    scene = stage.scene
    side = 1.0 if scene.focus < 0.5 else -1.0
    height, width = int(stage.height * 0.94), int(stage.height * 2.2)
    flip = np.array([-side, 1], np.float32)
    parts = [Part(SHOULDER.points * flip * 0.86 + np.array([0, 0.06], np.float32), smooth=True)]
    rgb, mask, _ = draw_parts(parts, height, width, colours_of(scene))
    soft = Image.fromarray((mask * 255).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(stage.height / 130)
    )
    mask = np.asarray(soft, np.float32) / 255
    tone = np.broadcast_to(scene.palette.shade * 0.5, rgb.shape)
    light = lighting_for(stage, 0.5 + side * 0.4, 0.0)
    dim = Lighting(-side, light.lit, light.shade, light.air, 0.0, 0.35, 0.3)
    pixels = np.clip(shaded(tone, mask, dim), 0, 1)
    left = stage.width * (0.5 + side * 0.5) - width / 2 - side * stage.height * 0.55
    yield Sprite(to_image(pixels, mask), left, stage.height - height, 1.0)

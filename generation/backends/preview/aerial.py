"""The land straight from above, as on a relief map: seas, shores, woods, fields, streets."""

from collections.abc import Iterator

import numpy as np
from PIL import Image

from .creatures import STANDING
from .noise import Field, fbm, ridged, smoothstep
from .objects import OBJECTS
from .palette import colour, paint, ramp
from .shapes import Lighting, draw_parts, shaded
from .sky import cloud_cover
from .stage import Element, Sprite, Stage, to_image
from .subjects import colours_of
from .weather import paint_weather


def paint_aerial(stage: Stage) -> Iterator[Element]:
    """The ground, drifting cloud shadows, and what the words put there."""
    ground = to_image(np.clip(_ground(stage), 0, 1))
    if stage.scene.angle == "birds_eye":
        ground = _tilted(ground, stage)
    yield Sprite(ground, depth=0.2)
    yield from _tops(stage)
    yield from _clouds(stage)
    yield from paint_weather(stage)


def _tilted(ground: Image.Image, stage: Stage) -> Image.Image:
    """The map leaning away from the viewer, with haze over its far edge."""
    width, height = ground.size
    corners = (0, 0, width * 0.24, height, width * 0.76, height, width, 0)
    leaning = ground.transform(
        ground.size, Image.Transform.QUAD, corners, Image.Resampling.BILINEAR
    )
    haze = stage.scene.palette.haze * 0.6 + stage.scene.palette.horizon * 0.4
    cover = (smoothstep(0.55, -0.1, stage.down)[:, None] * np.ones(width)).astype(np.float32)
    veil = to_image(np.broadcast_to(haze, (height, width, 3)), cover)
    leaning.paste(veil, (0, 0), veil)
    return leaning


def _heights(stage: Stage) -> Field:
    scene = stage.scene
    zoom = {"wide": 1.5, "medium": 1.0, "close": 0.6}.get(scene.shot, 1.0)
    aspect = stage.width / stage.height
    cells = (3.2 * zoom * aspect, 3.2 * zoom)
    rough = fbm(scene.rng("relief"), stage.size, cells, scene.octaves + 2, 0.5)
    if scene.has("mountains"):
        rough = (
            rough * 0.5
            + ridged(scene.rng("crests"), stage.size, cells, scene.octaves + 1) * 2.4
            - 0.9
        )
    if scene.has("desert"):
        rough = (
            rough * 0.3 + np.sin(fbm(scene.rng("ripples"), stage.size, cells, 3) * 9) * 0.22 + 0.5
        )
    if scene.symmetrical:
        rough = (rough + rough[:, ::-1]) * 0.7
    return rough


def _level(stage: Stage) -> float:
    """The height that water stands at, in deviations."""
    scene = stage.scene
    if scene.has("sea"):
        return 0.25
    return -0.55 if scene.has("lake", "cliff", "boat") else -9.0


def _ground(stage: Stage) -> np.ndarray:
    scene, palette = stage.scene, stage.scene.palette
    heights, level = _heights(stage), _level(stage)
    land = (
        np.clip((heights - level) / 2.6, 0, 1)
        if level > -5
        else np.clip(0.3 + heights * 0.22, 0, 1)
    )
    sandy = scene.has("desert")
    low = palette.lit * 0.75 + palette.ground * 0.2
    colours = [
        low,
        palette.foliage * 0.9,
        palette.foliage * 0.65 + palette.ground * 0.2,
        palette.rock,
        palette.sun,
    ]
    if level < -5:
        colours[0] = palette.foliage
    if sandy:
        colours = [palette.ground, palette.lit * 0.8, palette.lit, palette.sun, palette.sun]
    rgb = paint(land, ramp(colours, (0, 0.06, 0.4, 0.75, 1)))
    woods = (
        smoothstep(0.1, 0.9, fbm(scene.rng("woods"), stage.size, (6, 6), 6, 0.6))
        * (land > 0.05)
        * (1 - bool(sandy))
    )
    crowns = fbm(scene.rng("crowns"), stage.size, (stage.width / 9, stage.height / 9), 2, 0.6)
    rgb = (
        rgb
        + (palette.foliage * 0.42 - rgb)
        * (woods * (0.65 + 0.12 * crowns) * (1.3 if scene.has("forest") else 0.8)).clip(0, 1)[
            ..., None
        ]
    )
    relief = heights + woods * (0.05 + 0.03 * crowns)
    rgb = rgb * _hillshade(stage, relief)[..., None]
    if scene.has("city", "street"):
        rgb = _streets(stage, rgb)
    if scene.has("river"):
        rgb = _river(stage, rgb)
    return _sea(stage, rgb, heights, level) if level > -5 else rgb


def _hillshade(stage: Stage, heights: Field) -> Field:
    scale = stage.height / 34
    across, down = np.gradient(heights, axis=1) * scale, np.gradient(heights, axis=0) * scale
    side = 1.0 if stage.scene.sun[0] > 0.5 else -1.0
    return np.clip(
        0.35 + (0.62 - across * side * 0.45 - down * 0.35) / np.sqrt(1 + across**2 + down**2),
        0.2,
        1.4,
    )


def _sea(stage: Stage, rgb: np.ndarray, heights: Field, level: float) -> np.ndarray:
    """Water that deepens from a bright shelf, with foam along the shore."""
    palette = stage.scene.palette
    depth = np.clip((level - heights) / 1.8, 0, 1)
    shelf = palette.upper * 0.5 + palette.lower * 0.25 + colour("052929")
    water = paint(
        depth**0.6, ramp([shelf, palette.upper * 0.75, palette.zenith * 0.75, palette.shade * 0.8])
    )
    swell = fbm(stage.scene.rng("swell"), stage.size, (stage.width / 30, stage.height / 12), 3)
    water = water * (1 + 0.035 * swell[..., None])
    mixed = rgb + (water - rgb) * smoothstep(-0.01, 0.02, level - heights)[..., None]
    surf = np.exp(-(((level - heights - 0.07 - 0.02 * swell) / 0.03) ** 2)) * 0.65
    return mixed + (1 - mixed) * surf[..., None] * 0.85


def _river(stage: Stage, rgb: np.ndarray) -> np.ndarray:
    palette, rng = stage.scene.palette, stage.scene.rng("bends")
    bend = np.sin(stage.down * rng.uniform(5, 9) + rng.uniform(0, 6)) * 0.14 + stage.scene.focus
    off = np.abs(stage.across[None, :] - bend[:, None] + fbm(rng, stage.size, (5, 5), 4) * 0.015)
    inside = smoothstep(0.040, 0.034, off)[..., None]
    bank = smoothstep(0.06, 0.04, off)[..., None] * 0.5
    rgb = rgb + (palette.lit * 0.7 - rgb) * bank * (1 - inside)
    return rgb + (palette.upper * 0.7 + palette.zenith * 0.15 - rgb) * inside


def _streets(stage: Stage, rgb: np.ndarray) -> np.ndarray:
    """Blocks of roofs at different heights, each with its shadow, between lit streets."""
    scene, palette = stage.scene, stage.scene.palette
    rng = scene.rng("blocks")
    cell = max(6, stage.height // {"wide": 26, "medium": 16, "close": 10}.get(scene.shot, 16))
    rows, columns = stage.height // cell + 2, stage.width // cell + 2
    tall = rng.random((rows, columns)).astype(np.float32) ** 1.6
    roofs = tall.repeat(cell, 0).repeat(cell, 1)[: stage.height, : stage.width]
    y, x = np.arange(stage.height) % cell, np.arange(stage.width) % cell
    gap = max(1, cell // 6)
    block = ((y >= gap)[:, None] & (x >= gap)[None, :]).astype(np.float32)
    height = roofs * block
    shadow = np.zeros_like(height)
    for step in range(1, max(2, cell // 2)):
        shadow = np.maximum(shadow, np.roll(height, (step, step), (0, 1)) - step * 1.8 / cell)
    dark = smoothstep(0.0, 0.12, shadow - height)
    roof = palette.rock * 0.5 + palette.haze * 0.35
    tone = (
        roof * (0.5 + 0.6 * roofs[..., None]) + fbm(rng, stage.size, (40, 40), 3)[..., None] * 0.03
    )
    lit = scene.time in {"night", "dusk"}
    street = palette.accent * (1.0 if lit else 0.25) + palette.shade * 0.5
    town = street + (tone * (0.35 if lit else 0.9) - street) * block[..., None]
    town = town * (1 - 0.6 * dark[..., None])
    where = smoothstep(-0.9, -0.2, fbm(scene.rng("town"), stage.size, (3, 3), 3))[..., None]
    return rgb + (town - rgb) * where


def _tops(stage: Stage) -> Iterator[Element]:
    """The main subject from above: a boat with its wake, or a figure with a long shadow."""
    scene = stage.scene
    if not scene.has("boat", "person", "car", "tree", "house", "lighthouse", "dog", "horse"):
        return
    name = next((n for n in ("boat", "car", "house", "lighthouse") if scene.has(n)), "person")
    height = max(14, int(stage.height * scene.size * 0.8))
    parts = OBJECTS.get(name, STANDING)
    rgb, mask, _ = draw_parts(parts, height, int(height * 2.4), colours_of(scene))
    left, top = scene.focus * stage.width - height * 1.2, stage.height * 0.5 - height / 2
    shade = np.broadcast_to(scene.palette.shade * 0.4, rgb.shape)
    sprite = to_image(shade, mask * 0.5)
    lean = sprite.transform(
        sprite.size, Image.Transform.AFFINE, (1, 0.7, -height * 0.7, 0, 1.6, -height * 0.6)
    )
    yield Sprite(lean, left, top, 0.4)
    light = Lighting(1.0, scene.palette.lit, scene.palette.shade, scene.palette.haze, 0.0, 0.6, 0.7)
    yield Sprite(to_image(np.clip(shaded(rgb, mask, light), 0, 1), mask), left, top, 0.4)


def _clouds(stage: Stage) -> Iterator[Element]:
    """Light clouds between the camera and the land."""
    cover = cloud_cover(stage)
    if cover <= 0:
        return
    size = (stage.width * 5 // 4, stage.height)
    field = fbm(stage.scene.rng("high clouds"), size, (4, 4), 6, 0.52)
    alpha = smoothstep(1.5 - cover * 1.4, 3.0 - cover, field) * 0.85
    rgb = np.broadcast_to(stage.scene.palette.sun, (*alpha.shape, 3))
    yield Sprite(to_image(rgb, alpha), -stage.width * 0.2, 0, 0.8, drift=stage.width * 0.02)

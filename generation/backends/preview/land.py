"""Land: terrain in bands of depth, each drawn like a relief seen from the front.

A band is a grid of heights, slices of growing distance by columns of the picture. For each
pixel the nearest slice that reaches it is found, which gives hidden lines and true layering.
"""

from dataclasses import dataclass

import numpy as np

from .noise import Field, fbm, line, ridged, smoothstep
from .palette import Colour, colour, shift
from .scene import Scene
from .stage import Element, Stage, cropped

FOCAL = 1.25  # picture heights


@dataclass(frozen=True)
class Band:
    """A strip of land. Distances and heights are in units of about the viewer's height."""

    name: str
    near: float
    far: float
    amplitude: float
    relief: str = "smooth"  # ridged, smooth, dunes, flat
    cover: str = "grass"  # rock, grass, sand, trees
    cells: tuple[float, float] = (4, 3)
    base: float = 0.0
    snow: float = 0.0
    depth: float = 0.5
    mist: float = 0.5


def camera_height(scene: Scene) -> float:
    """How high above the water the viewer's eye is."""
    return {"birds_eye": 5.5, "low_angle": 0.45}.get(scene.angle, 1.0)


def paint_band(
    stage: Stage, band: Band, profile: Field | None = None, *, sink: bool = False
) -> Element | None:
    """The band as a layer. `profile` (one value per column) scales its heights.

    With `sink` the land goes under where the profile is low: it ends in a shore, at height 0.
    """
    slices = 56 + 16 * stage.scene.octaves
    away = np.geomspace(band.near, band.far, slices).astype(np.float32)
    heights = _heights(stage, band, slices)
    if profile is not None:
        heights = heights * profile[None, :]
    heights = heights * _rise(band, slices)[:, None] + band.base
    if sink and profile is not None:
        heights -= (1 - smoothstep(0.0, 0.5, profile))[None, :] * (band.amplitude * 1.1 + 0.2)
    shore = _shore(stage, band, heights, away) if sink else None
    colours = _colours(stage, band, heights, away)
    heights, colours = _planted(stage, band, heights, colours, away)
    top = (
        stage.scene.horizon + (camera_height(stage.scene) - heights) * FOCAL / away[:, None]
    ) * stage.height
    return _layer(stage, band, top.astype(np.float32), colours, shore)


def _rise(band: Band, slices: int) -> Field:
    """Land slopes down towards the viewer, so that a band has no wall at its near edge."""
    reach = 0.8 if band.relief == "ridged" else 0.45
    return smoothstep(-0.04, reach, np.linspace(0, 1, slices, dtype=np.float32))


def _heights(stage: Stage, band: Band, slices: int) -> Field:
    rng, size = stage.scene.rng("band", band.name), (stage.width, slices)
    octaves = stage.scene.octaves
    wide = max(0.45, stage.width / stage.height / 1.6)
    cells = (band.cells[0] * wide, band.cells[1])
    if band.relief == "ridged":
        heights = ridged(rng, size, cells, octaves + 1, 0.48)
    elif band.relief == "dunes":
        heights = ridged(rng, size, cells, 2, 0.22) + 0.2 * fbm(rng, size, (2, 2), 2)
    else:
        heights = 0.45 + 0.28 * fbm(rng, size, cells, octaves, 0.42)
    if stage.scene.symmetrical:
        heights = np.minimum(1.4, (heights + heights[:, ::-1]) * 0.62)
    return heights * band.amplitude


def _lambert(stage: Stage, band: Band, heights: Field, away: Field) -> Field:
    """How squarely the sun meets each point, 0 to 1."""
    column = away[:, None] / (FOCAL * stage.height)
    across = np.gradient(heights, axis=1) / column
    along = np.gradient(heights, axis=0) / np.gradient(away)[:, None]
    soften = 0.9 if band.relief == "ridged" else 0.6
    side = 1.0 if stage.scene.sun[0] > 0.5 else -1.0
    steep = np.sqrt(1 + (across * soften) ** 2 + (along * soften) ** 2)
    return np.clip((-across * soften * side * 0.72 + along * soften * 0.25 + 0.62) / steep, 0, 1)


def _colours(stage: Stage, band: Band, heights: Field, away: Field) -> np.ndarray:
    """Slices x columns x 3, in the light and air of the scene."""
    scene, palette = stage.scene, stage.scene.palette
    light = _lambert(stage, band, heights, away)
    ground = _albedo(stage, band, heights, light)
    shaded = ground * 0.3 * (0.4 + palette.shade) + palette.shade * 0.5
    bright = np.clip(ground * (0.35 + palette.lit * 0.85) + palette.lit * 0.14, 0, 1)
    grain = fbm(scene.rng("grain", band.name), heights.shape[::-1], (40, 30), 3, 0.7)
    light = np.clip(light * 1.15 - 0.08 + grain * 0.05, 0, 1)[..., None]
    colours = shaded + (bright - shaded) * light
    # Nearer is darker: it frames what is far and bright.
    colours *= (0.60 + 0.40 * smoothstep(1.2, 10, away))[:, None, None]
    return _aired(stage, band, colours, heights, away)


def _albedo(stage: Stage, band: Band, heights: Field, light: Field) -> np.ndarray:
    palette = stage.scene.palette
    covers = {"rock": palette.rock, "sand": palette.lit * 0.6 + palette.ground * 0.4}
    main = covers.get(band.cover, palette.foliage)
    patch = fbm(stage.scene.rng("patch", band.name), heights.shape[::-1], (7, 6), 4)
    other = palette.foliage if band.cover == "rock" else palette.ground
    share = (smoothstep(-0.4, 1.4, patch) * 0.75)[..., None]
    if band.cover == "cliff":
        steep = np.abs(np.gradient(heights, axis=1)) * stage.width + patch * 2.5
        share, other = smoothstep(3.0, 9.0, steep)[..., None], palette.rock
    ground = main * (1 - share) + other * share
    if band.snow:
        high = (heights - band.base) / max(band.amplitude, 1e-3) + patch * 0.12
        white = smoothstep(0.72 - 0.6 * band.snow, 0.92 - 0.6 * band.snow, high) * (
            0.4 + 0.6 * light
        )
        ground = ground + (colour("edf2ff") - ground) * white[..., None]
    return ground


def _aired(
    stage: Stage, band: Band, colours: np.ndarray, heights: Field, away: Field
) -> np.ndarray:
    """Atmospheric perspective: haze with the distance, mist in the low places, light at the sun."""
    scene, palette = stage.scene, stage.scene.palette
    foggy = scene.has("fog")
    clear = 34.0 / (1 + 2.2 * foggy + 0.8 * scene.has("rain", "snow", "storm"))
    haze = 1 - np.exp(-((away / clear) ** 1.1))
    low = np.exp(-np.maximum(0, heights - band.base) / (0.24 * band.amplitude + 0.02))
    mist = low * band.mist * (0.55 + 0.4 * foggy) * smoothstep(1.5, 9, away)[:, None]
    amount = 1 - (1 - haze[:, None] * 0.93) * (1 - np.minimum(mist, 0.95))
    warm = np.exp(-np.abs(stage.across - scene.sun[0]) / 0.24)[None, :, None]
    air = palette.haze * 0.78 + palette.lower * 0.22
    air = air + (palette.horizon - air) * warm * 0.75
    return colours + (air - colours) * amount[..., None]


def _planted(
    stage: Stage, band: Band, heights: Field, colours: np.ndarray, away: Field
) -> tuple[Field, np.ndarray]:
    """Trees or grass standing on the band: they raise the slices and colour their tips."""
    if band.cover == "trees":
        return _wooded(stage, band, heights, colours, away)
    if band.cover == "grass" and band.near < 6:
        return _grassed(stage, band, heights, colours, away)
    return heights, colours


def _wooded(
    stage: Stage, band: Band, heights: Field, colours: np.ndarray, away: Field
) -> tuple[Field, np.ndarray]:
    rng = stage.scene.rng("trees", band.name)
    rows = np.arange(0, len(away), max(2, len(away) // 44))
    column = np.arange(stage.width, dtype=np.float32)[None, :]
    tall = 0.95 * stage.scene.has("forest") ** 0.5 if stage.scene.has("forest") else 0.8
    wide = tall * 0.31 * FOCAL * stage.height / away[rows][:, None]
    place = column / wide + rng.random((len(rows), 1), np.float32) * 9
    index = np.floor(place).astype(np.intp)
    table = rng.uniform(0.45, 1.15, (len(rows), 4096)).astype(np.float32)
    each = np.take_along_axis(table, index % 4096, axis=1)
    middle = 1 - np.abs(place - index - 0.5) * 2
    ragged = rng.random((len(rows), stage.width), np.float32) * 0.10
    tiers = middle - (0.12 * np.abs(np.sin(middle * 17)) + ragged) * (1 - middle)
    wood = fbm(rng, (stage.width, len(rows)), (5, 5), 3) > -0.85
    rise = tall * each * np.clip(tiers, 0, 1) ** 0.85 * wood
    heights[rows] += rise
    dark = stage.scene.palette.foliage * 0.34 + stage.scene.palette.shade * 0.3
    air = np.clip(away[rows] / 30, 0, 0.6)[:, None, None]
    tip = dark * (1 - air) + colours[rows] * air
    tip = tip * (0.82 + 0.3 * each[..., None])
    colours[rows] = np.where(
        (rise > 0.02)[..., None], tip * 0.8 + colours[rows] * 0.2, colours[rows]
    )
    return heights, colours


def _grassed(
    stage: Stage, band: Band, heights: Field, colours: np.ndarray, away: Field
) -> tuple[Field, np.ndarray]:
    """Blades and, where there are flowers, their heads, growing finer with the distance."""
    scene, palette = stage.scene, stage.scene.palette
    rng = scene.rng("grass", band.name)
    size = heights.shape[::-1]
    blades = np.clip(fbm(rng, size, (max(60, stage.width / 4.5), size[1] // 2), 2, 0.8), -0.5, 2.4)
    near = smoothstep(7, 2.5, away)[:, None]
    heights += blades * 0.045 * near
    light = np.clip(blades * 0.10 * near, -0.1, 0.22)[..., None]
    colours += light * (palette.lit * 0.6 + palette.foliage * 0.4)
    if scene.has("flowers"):
        heads = (
            smoothstep(1.7, 2.0, fbm(rng, size, (70, size[1] / 2.4), 1))
            * smoothstep(9, 5, away)[:, None]
        )
        heights += heads * 0.05
        hues = np.stack([palette.accent, shift(palette.accent, turn=0.5), palette.sun])
        which = rng.integers(0, 3, (1, size[0] // 4 + 1)).repeat(4, axis=1)[:, : size[0]]
        colours += (hues[which] * 0.9 - colours) * (heads * 0.9)[..., None]
    return heights, colours


def _shore(stage: Stage, band: Band, heights: Field, away: Field) -> Field:
    """The row (pixels) in each column where the land meets the water in front of it."""
    land = heights > 0
    nearest = np.where(land.any(axis=0), away[land.argmax(axis=0)], np.inf)
    row = stage.scene.horizon + camera_height(stage.scene) * FOCAL / nearest
    return np.where(np.isfinite(nearest), row, 0.0) * stage.height


def _layer(
    stage: Stage, band: Band, top: Field, colours: np.ndarray, shore: Field | None
) -> Element | None:
    """Pixels of the band from the rows `top` (slices x columns) that its slices reach up to.

    Below `shore`, where given, there is nothing.
    """
    slices, width = top.shape
    skyline = top.min(axis=0)
    first = max(0, int(skyline.min()) - 1)
    if first >= stage.height:
        return None
    rows = stage.height - first
    reach = np.clip(np.ceil(top - first), 0, rows).astype(np.intp)
    nearest = np.full((rows + 1, width), slices - 1, np.int32)
    column = np.broadcast_to(np.arange(width), top.shape)
    order = np.arange(slices, dtype=np.int32)[::-1]
    # From far to near, so that of slices ending in the same pixel the nearest stays.
    nearest[reach[::-1].ravel(), column.ravel()] = np.repeat(order, width)
    nearest = np.minimum.accumulate(nearest[:-1], axis=0)
    row = (np.arange(rows, dtype=np.float32) + first)[:, None]
    alpha = np.zeros((stage.height, width), np.float32)
    alpha[first:] = np.clip(row + 1 - skyline[None, :], 0, 1)
    if shore is not None:
        alpha[first:] *= np.clip(shore[None, :] - row, 0, 1)
    pixels = np.zeros((stage.height, width, 3), np.float32)
    pixels[first:] = _between(nearest, row, top, colours)
    if band.near < 15:
        grain = fbm(
            stage.scene.rng("leaf", band.name), (width, rows), (width / 6, rows / 6), 3, 0.8
        )
        pixels[first:] *= (1 + (0.07 if band.cover == "trees" else 0.045) * grain)[..., None]
    return cropped(pixels, alpha, band.depth)


def _between(nearest: np.ndarray, row: Field, top: Field, colours: np.ndarray) -> np.ndarray:
    """The colour at each pixel: between its slice and the next nearer one."""
    width = top.shape[1]
    at = nearest * width + np.arange(width, dtype=np.int32)[None, :]
    nearer = np.maximum(nearest - 1, 0) * width + np.arange(width, dtype=np.int32)[None, :]
    flat = top.ravel()
    own, following = flat.take(at), flat.take(nearer)
    share = np.clip((row - own) / np.maximum(following - own, 1), 0, 1)[..., None]
    table = colours.reshape(-1, 3).astype(np.float32)
    return table.take(at, axis=0) * (1 - share) + table.take(nearer, axis=0) * share


def headland(stage: Stage, side: float, width: float) -> Field:
    """One value per column: 1 on the side towards `side`, falling steeply to 0."""
    rough = line(stage.scene.rng("headland"), stage.width, 9, 4) * 0.02
    return smoothstep(width + 0.09, width - 0.24, np.abs(stage.across - side) + rough)


def haze_colour(stage: Stage) -> Colour:
    """The colour of far air."""
    return stage.scene.palette.haze * 0.7 + stage.scene.palette.horizon * 0.3

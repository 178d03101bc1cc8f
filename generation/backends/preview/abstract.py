"""Abstract pictures: folded silk, flowing bands, and discs of light."""

from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageChops

from .noise import Field, bilinear, fbm, resample, smoothstep, tiled
from .palette import Palette, paint, ramp, shift
from .stage import Element, Light, Overlay, Sprite, Stage, View, to_image


def paint_abstract(stage: Stage) -> Iterator[Element]:
    """One of three manners, by seed and words."""
    manner = int(stage.scene.rng("manner").integers(3))
    folds, height = _folds(stage, manner)
    yield Sprite(to_image(folds), depth=0.1)
    yield from _discs(stage, height, 5 if manner == 1 else 2)
    yield Overlay(_Sheen(stage).draw)


def _folds(stage: Stage, manner: int) -> tuple[np.ndarray, Field]:
    """Noise bent by noise bent by noise, coloured by how far it was bent and lit as a relief.

    After Inigo Quilez, "Domain warping".
    """
    scene, palette = stage.scene, stage.scene.palette
    zoom = {"wide": 1.35, "medium": 1.0, "close": 0.62}.get(scene.shot, 1.0)
    size = (max(32, stage.width // 2), max(32, stage.height // 2))
    rng = scene.rng("folds")
    plain = [tiled(fbm(rng, (384, 384), (7, 7), 3, 0.36)) for _ in range(3)]
    x = (np.arange(size[0], dtype=np.float32) / size[1] * 105 * zoom + 60)[None, :].repeat(
        size[1], 0
    )
    y = (np.arange(size[1], dtype=np.float32) / size[1] * 105 * zoom + 60)[:, None].repeat(
        size[0], 1
    )
    if scene.symmetrical:
        x = np.abs(x - x.mean()) + 60
    bend = (26, 18, 34)[manner]
    first = bilinear(plain[0], x, y), bilinear(plain[1], x, y)
    second = bilinear(plain[1], x + bend * first[0], y + bend * first[1])
    height = bilinear(plain[2], x + bend * second, y + bend * first[0] * 0.8)
    if manner == 2:
        height = np.sin(height * 3.2 + second * 2)
    height, second, bent = (
        resample(f.astype(np.float32), stage.size) for f in (height, second, first[0])
    )
    return _coloured(stage, height, second, bent, palette), height


def _coloured(
    stage: Stage, height: Field, second: Field, bent: Field, palette: Palette
) -> np.ndarray:
    table = ramp(
        [
            palette.shade * 0.7,
            palette.zenith,
            palette.upper,
            palette.lower,
            palette.accent,
            palette.horizon,
            palette.sun,
        ],
        (0, 0.18, 0.38, 0.55, 0.7, 0.86, 1),
    )
    other = ramp([shift(palette.shade, turn=0.6), palette.accent, palette.sun])
    rgb = paint(np.clip(0.46 + 0.26 * height, 0, 1), table)
    share = smoothstep(0.3, 1.7, second)[..., None] * 0.65
    rgb = rgb * (1 - share) + paint(np.clip(0.4 + 0.3 * bent, 0, 1), other) * share
    scale = stage.height / 70
    across, down = np.gradient(height, axis=1) * scale, np.gradient(height, axis=0) * scale
    facing = 1 / np.sqrt(1 + across**2 + down**2)
    light = np.clip((0.62 - 0.5 * across - 0.45 * down) * facing, 0, 1)
    shine = np.clip((0.75 - 0.55 * across - 0.35 * down) * facing, 0, 1) ** 9 * 0.28
    return np.clip(rgb * (0.42 + 0.9 * light[..., None]) + shine[..., None] * palette.sun, 0, 1)


def _discs(stage: Stage, height: Field, count: int) -> Iterator[Element]:
    """Large soft circles that float over the folds, as suns and moons do."""
    scene, palette = stage.scene, stage.scene.palette
    rng = scene.rng("discs")
    for place in range(count):
        radius = float(rng.uniform(0.05, 0.24)) / (1 + 0.3 * place)
        x = scene.focus if place == 0 else float(rng.random())
        y = float(rng.uniform(0.2, 0.8))
        far = stage.distance(x, y)
        inside = smoothstep(radius * 1.01, radius * 0.985, far)
        fade = np.clip(0.25 + 0.75 * (stage.down[:, None] - y + radius) / (2 * radius), 0, 1)
        tone = palette.sun if place % 2 == 0 else palette.accent
        rim = np.exp(-np.abs(far - radius) / 0.006) * 0.25 * (far > radius * 0.99)
        light = (inside * fade * 0.6 + rim + 0.12 * np.exp(-np.maximum(far - radius, 0) / 0.09))[
            ..., None
        ] * tone
        yield Light(
            to_image(np.clip(light, 0, 1) - 0.002),
            depth=0.3 + 0.15 * place,
            bob=stage.height * 0.02,
            phase=place * 1.7,
        )


class _Sheen:
    """A band of light that wanders over the folds; in a still it rests."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        wide = np.exp(-((np.linspace(-1, 1, 256, dtype=np.float32) / 0.35) ** 2)) * 0.16
        light = wide[None, :, None] * stage.scene.palette.sun
        self.band = to_image(np.broadcast_to(light, (16, 256, 3)) - 0.002)

    def draw(self, frame: Image.Image, view: View) -> None:
        width = frame.width
        left = int((0.25 + 0.5 * np.sin(view.seconds * 0.9)) * width)
        band = self.band.resize((max(2, width // 2), frame.height))
        box = (max(0, left), 0, min(width, left + band.width), frame.height)
        if box[2] > box[0]:
            part = band.crop((box[0] - left, 0, box[2] - left, frame.height))
            frame.paste(ImageChops.screen(frame.crop(box), part), box[:2])

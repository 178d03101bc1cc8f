"""Space: a nebula, stars, and a planet with its atmosphere."""

from collections.abc import Iterator

import numpy as np

from .noise import bilinear, fbm, resample, smoothstep, tiled
from .palette import paint, ramp, shift
from .sky import spread
from .stage import Element, Light, Sprite, Stage, to_image


def paint_space(stage: Stage) -> Iterator[Element]:
    """The deep first, the planet last."""
    yield Sprite(to_image(_nebula(stage)), depth=0.02)
    for layer in range(3):
        yield _stars(stage, layer)
    if stage.scene.rng("planet").random() < 0.75 or stage.scene.has("moon"):
        yield from _planet(stage)


def _nebula(stage: Stage) -> np.ndarray:
    """Gas in the palette's colours, with dark lanes and glowing hearts."""
    scene, palette = stage.scene, stage.scene.palette
    rng = scene.rng("nebula")
    size = (max(32, stage.width // 2), max(32, stage.height // 2))
    plain = [tiled(fbm(rng, (512, 512), (5, 5), 7, 0.55)) for _ in range(3)]
    x = (np.arange(size[0], dtype=np.float32) / size[1] * 230 + 40)[None, :].repeat(size[1], 0)
    y = (np.arange(size[1], dtype=np.float32) / size[1] * 230 + 40)[:, None].repeat(size[0], 1)
    bend = bilinear(plain[0], x, y)
    gas = bilinear(plain[1], x + 26 * bend, y + 18 * bend)
    dust = bilinear(plain[2], x + 34 * bend, y - 12 * gas)
    gas, dust, bend = (resample(f.astype(np.float32), stage.size) for f in (gas, dust, bend))
    slope = (stage.down[:, None] - 0.5) - (stage.across[None, :] - 0.5) * rng.uniform(-0.8, 0.8)
    lane = np.exp(-((slope / 0.34) ** 2))
    amount = np.clip(lane * (0.62 + 0.34 * gas) - 0.26 * np.clip(dust, 0, 2), 0, 1)
    deep = palette.shade * 0.12
    warm = ramp(
        [deep, shift(palette.zenith, chroma=1.5), palette.lower, palette.accent, palette.sun],
        (0, 0.3, 0.58, 0.8, 1),
    )
    cool = ramp(
        [
            deep,
            palette.zenith,
            shift(palette.upper, chroma=1.6, turn=0.9),
            palette.horizon,
            palette.sun,
        ]
    )
    share = smoothstep(-0.7, 0.9, bend)[..., None]
    glow = paint(amount, warm) * share + paint(amount, cool) * (1 - share)
    return np.clip(glow * (0.35 + 0.62 * amount[..., None]) + deep, 0, 1)


def _stars(stage: Stage, layer: int) -> Element:
    rng = stage.scene.rng("deep stars", layer)
    sky = np.zeros((stage.height, stage.width, 3), np.float32)
    count = (420, 140, 26)[layer]
    tones = ramp([np.array(c, np.float32) for c in ((1, 0.8, 0.65), (1, 1, 1), (0.65, 0.8, 1))])
    x, y = rng.integers(0, stage.width, count), rng.integers(0, stage.height, count)
    power = rng.power(0.3, count)[:, None] * (0.6, 0.9, 1.0)[layer] + 0.05
    sky[y, x] = tones[rng.integers(0, 1024, count)] * power
    return Light(
        spread(sky, stage), depth=0.02 + 0.05 * layer, flicker=0.3 * layer, phase=float(layer)
    )


def _planet(stage: Stage) -> Iterator[Element]:
    """A sphere with bands or seas, its night side, and a rim of air."""
    scene, palette = stage.scene, stage.scene.palette
    rng = scene.rng("planet", "shape")
    radius = {"wide": 0.2, "medium": 0.34, "close": 0.62}.get(scene.shot, 0.3) * float(
        rng.uniform(0.8, 1.2)
    )
    x, y = scene.focus, float(rng.uniform(0.4, 0.62)) + radius * 0.3
    aspect = stage.width / stage.height
    u = (stage.across[None, :] - x) * aspect / radius
    v = (stage.down[:, None] - y) / radius
    far = np.hypot(u, v)
    facing = np.sqrt(np.clip(1 - far**2, 0, 1))
    side = 1.0 if scene.sun[0] > x else -1.0
    light = np.clip(u * side * 0.75 - v * 0.45 + facing * 0.35, 0, 1)
    band = fbm(rng, stage.size, (2.5, 16), 6, 0.55)
    curl = fbm(rng, stage.size, (7, 7), 6, 0.55)
    tone = np.clip(0.5 + 0.2 * band + 0.14 * curl, 0, 1)
    table = ramp([palette.shade, palette.rock, palette.lower, palette.horizon, palette.sun])
    rgb = paint(tone, table) * (0.03 + 1.05 * light[..., None])
    rim = smoothstep(0.75, 1.0, far)[..., None] * light[..., None] * palette.upper * 0.9
    cover = np.clip((1 - far) * radius * stage.height + 0.5, 0, 1)
    yield Sprite(to_image(np.clip(rgb + rim, 0, 1), cover), depth=0.4)
    air = np.exp(-np.maximum(far - 1, 0) / 0.05) * (far > 0.99)
    lit = np.clip(u * side * 0.75 - v * 0.45 + 0.25, 0, 1)
    yield Light(
        to_image((air * lit * 0.6)[..., None] * (palette.upper * 0.6 + palette.sun * 0.4) - 0.002),
        depth=0.4,
    )

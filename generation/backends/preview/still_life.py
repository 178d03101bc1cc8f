"""Still lifes: vases, fruit and flowers on a table in the light of a window."""

from collections.abc import Iterator

import numpy as np

from .noise import Field, fbm, smoothstep
from .palette import Colour, colour, shift
from .shapes import Lighting, Part, draw_parts, shaded
from .stage import Element, Sprite, Stage, to_image
from .subjects import colours_of

_FRUIT = ("c8452f", "d98a2b", "e0b13c", "8a9a3a", "7a2f4a", "c96a4a")
_GLAZES = ("d8cdb8", "4a6a78", "8a4a3a", "2f4a52", "b08a5a", "6a7a5a", "c9b8a8")
# Radii of a vase from its mouth to its foot, as fractions of its height.
_PROFILES = (
    (0.13, 0.10, 0.09, 0.14, 0.24, 0.30, 0.31, 0.28, 0.22, 0.16, 0.15),
    (0.10, 0.08, 0.07, 0.07, 0.09, 0.16, 0.24, 0.27, 0.25, 0.19, 0.14),
    (0.22, 0.20, 0.22, 0.26, 0.29, 0.30, 0.29, 0.26, 0.22, 0.17, 0.16),
    (0.09, 0.085, 0.085, 0.10, 0.17, 0.19, 0.19, 0.19, 0.19, 0.185, 0.18),
)


def paint_still_life(stage: Stage) -> Iterator[Element]:
    """A wall, a table, and an arrangement with one tall piece, back to front."""
    yield Sprite(to_image(_room(stage)), depth=0.1)
    rng, scene = stage.scene.rng("arrangement"), stage.scene
    scale = {"wide": 1.05, "medium": 1.2, "close": 1.8}.get(scene.shot, 1.0)
    if scene.angle == "low_angle":
        scale *= 1.2
    centre = 0.5 + (scene.focus - 0.5) * 0.7
    unit = min(1.0, stage.width / stage.height * 0.9)
    tall = 0.40 * scale * unit
    if scene.has("flowers") or rng.random() < 0.45:
        yield from _bouquet(stage, centre, _edge(stage) + 0.10 - tall * 0.97, tall * 0.85, rng)
    yield from _vase(stage, centre, _edge(stage) + 0.10, tall, rng)
    side = 1 if centre < 0.5 else -1
    yield from _vase(
        stage, centre + side * 0.25 * scale * unit, _edge(stage) + 0.13, tall * 0.55, rng
    )
    spread = [
        (-side * 0.22, 0.15),
        (side * 0.10, 0.19),
        (-side * 0.10, 0.22),
        (side * 0.36, 0.2),
        (-side * 0.36, 0.19),
        (side * 0.22, 0.25),
    ]
    for across, down in spread[: int(rng.integers(4, 7))]:
        size = float(rng.uniform(0.05, 0.075)) * scale * unit
        yield from _fruit(
            stage,
            centre + across * scale * unit,
            _edge(stage) + down * (0.7 + 0.3 * scale),
            size,
            rng,
        )


def _edge(stage: Stage) -> float:
    """The row where table and wall meet."""
    return {"birds_eye": 0.30, "overhead": -0.2, "low_angle": 0.78}.get(stage.scene.angle, 0.62)


def _side(stage: Stage) -> float:
    return -1.0 if stage.scene.rng("window").random() < 0.5 else 1.0


def _lit(stage: Stage) -> Colour:
    return stage.scene.palette.lit * 0.5 + stage.scene.palette.sun * 0.5


def _room(stage: Stage) -> np.ndarray:
    """Wall and table with the window's light falling across them."""
    palette, edge, side = stage.scene.palette, _edge(stage), _side(stage)
    plaster = fbm(stage.scene.rng("wall"), stage.size, (4, 4), 6, 0.55)
    u, v = stage.across[None, :], stage.down[:, None]
    slant = (u - 0.5) * side + (v - 0.3) * 0.55
    beam = smoothstep(-0.35, 0.55, slant) * 0.8 + 0.35 * np.exp(-(((slant - 0.12) / 0.16) ** 2))
    wall_dark = palette.shade * 0.55 + palette.rock * 0.12
    wall_lit = palette.upper * 0.35 + palette.haze * 0.3 + palette.ground * 0.15
    tone = np.clip(beam * 0.75 + plaster * 0.045, 0, 1)[..., None]
    room = wall_dark + (wall_lit - wall_dark) * tone
    grain = fbm(stage.scene.rng("wood"), stage.size, (3, 60), 4, 0.6)
    wood = palette.ground * 0.55 + colour("5a3a26") * 0.45
    near = smoothstep(edge, 1.1, v)
    shine = np.clip(0.42 + 0.45 * beam - 0.25 * near + grain * 0.05, 0, 1.2)[..., None]
    table = wood * (0.18 + 0.95 * shine) + _lit(stage) * 0.10 * np.clip(beam, 0, 1)[..., None]
    soft = 1.5 / stage.height
    return room + (table - room) * smoothstep(edge - soft, edge + soft, v)[..., None]


def _turned(
    stage: Stage, radii: Field, tone: Colour, gloss: float, name: object
) -> tuple[np.ndarray, Field]:
    """A body of revolution (one radius per row) lit from the window: its colours and cover."""
    side = _side(stage)
    widest = int(np.ceil(radii.max())) + 2
    x = (np.arange(-widest, widest + 1, dtype=np.float32))[None, :]
    radius = np.maximum(radii, 0.5)[:, None]
    cover = np.clip(radius - np.abs(x) + 0.5, 0, 1)
    lean = np.clip(x / radius, -1, 1)
    facing = np.sqrt(1 - lean**2)
    slope = np.gradient(radii)[:, None]
    level = 1 / np.sqrt(1 + slope**2)
    across, up, out = lean * level, slope * level, facing * level
    light = np.clip(-across * side * 0.62 + up * 0.42 + out * 0.52 + 0.06, 0, 1)
    shine = np.clip(-across * side * 0.42 + up * 0.40 + out * 0.81, 0, 1) ** (14 + 50 * gloss)
    bounce = smoothstep(0.5, 1.0, across * side) * 0.16
    mottle = fbm(stage.scene.rng(name), (x.shape[1], len(radii)), (5, 7), 5)[..., None] * 0.035
    palette = stage.scene.palette
    dark = tone * 0.16 + palette.shade * 0.12
    pixels = (
        dark
        + (tone * 0.95 + _lit(stage) * 0.12 - dark) * (light**1.15)[..., None]
        + mottle * (0.3 + light[..., None])
    )
    pixels = (
        pixels
        + bounce[..., None] * palette.ground
        + shine[..., None] * _lit(stage) * (0.25 + 0.65 * gloss)
    )
    return np.clip(pixels, 0, 1), cover


def _vase(
    stage: Stage, x: float, foot: float, tall: float, rng: np.random.Generator
) -> Iterator[Element]:
    rows = max(8, int(tall * stage.height))
    profile = _PROFILES[int(rng.integers(len(_PROFILES)))]
    place = np.linspace(0, len(profile) - 1, rows)
    radii = (np.interp(place, range(len(profile)), profile) * rows).astype(np.float32)
    kernel = np.ones(max(3, rows // 9)) / max(3, rows // 9)
    radii = np.convolve(np.pad(radii, len(kernel) // 2, "edge"), kernel, "valid")[:rows].astype(
        np.float32
    )
    tone = colour(_GLAZES[int(rng.integers(len(_GLAZES)))])
    if rng.random() < 0.5:
        tone = tone * 0.45 + shift(stage.scene.palette.accent, chroma=0.8) * 0.55
    pixels, cover = _turned(stage, radii, tone, float(rng.uniform(0.2, 0.9)), ("vase", x))
    mouth = np.exp(-((np.arange(rows) / rows / 0.012) ** 2))[:, None, None] * 0.35
    pixels = np.clip(pixels + mouth * _lit(stage), 0, 1)
    yield from _cast(stage, x, foot, float(radii[-rows // 2 :].max()), rows)
    yield Sprite(
        to_image(pixels, cover),
        x * stage.width - cover.shape[1] / 2,
        foot * stage.height - rows,
        0.5,
    )


def _fruit(
    stage: Stage, x: float, foot: float, size: float, rng: np.random.Generator
) -> Iterator[Element]:
    rows = max(6, int(size * 2 * stage.height))
    y = np.linspace(-1, 1, rows, dtype=np.float32)
    pear = 1 - 0.3 * smoothstep(0.1, -0.9, y) if rng.random() < 0.3 else 1
    radii = np.sqrt(np.clip(1 - y**2, 0, 1)) * rows / 2 * pear
    tone = colour(_FRUIT[int(rng.integers(len(_FRUIT)))])
    blush = colour(_FRUIT[int(rng.integers(len(_FRUIT)))])
    pixels, cover = _turned(
        stage, radii.astype(np.float32), tone * 0.75 + blush * 0.25, 0.35, ("fruit", x)
    )
    yield from _cast(stage, x, foot, rows / 2, rows)
    yield Sprite(
        to_image(pixels, cover),
        x * stage.width - cover.shape[1] / 2,
        foot * stage.height - rows,
        0.6,
    )


def _cast(stage: Stage, x: float, foot: float, radius: float, rows: int) -> Iterator[Element]:
    """The shadow on the table, leaning away from the window, dark where it touches."""
    side, high = _side(stage), max(6, int(radius * 0.9))
    wide = int(radius * 2 + rows * 0.75)
    u = (np.arange(-wide, wide, dtype=np.float32))[None, :]
    v = np.linspace(-1, 1, high * 2, dtype=np.float32)[:, None]
    away = np.clip(u * side / wide, 0, 1)
    body = np.clip(np.where(u * side > 0, np.abs(u) / wide, np.abs(u) / radius), 0, 1)
    long = (1 - body) ** 1.2 * smoothstep(0.55 + 0.3 * away, 0.05, np.abs(v + 0.05))
    touch = np.exp(-((u / radius) ** 2) * 1.6 - (v / 0.28) ** 2)
    alpha = np.clip(long * 0.5 + touch * 0.6, 0, 0.85)
    rgb = np.broadcast_to(stage.scene.palette.shade * 0.25, (*alpha.shape, 3))
    yield Sprite(
        to_image(rgb, alpha), x * stage.width - wide, foot * stage.height - high * 1.15, 0.5
    )


def _bouquet(
    stage: Stage, x: float, mouth: float, tall: float, rng: np.random.Generator
) -> Iterator[Element]:
    """Stems and heads of petals that fan out of the vase."""
    parts: list[Part] = []
    heads: list[Part] = []
    for _ in range(11):
        angle, reach = float(rng.normal(0, 0.5)), float(rng.uniform(0.45, 0.85))
        tip = np.array([np.sin(angle) * reach * 0.62, 1 - np.cos(angle) * reach])
        bend = tip * 0.5 + np.array([-np.sin(angle) * 0.08, 0.5])
        parts.append(
            Part(
                np.array([[0, 1.0, 0.008], [*bend, 0.007], [*tip, 0.005]], np.float32), "leaf dark"
            )
        )
        parts.append(_leaf(bend, angle + float(rng.choice([-0.9, 0.9])), rng))
        heads += _blossom(tip, float(rng.uniform(0.065, 0.12)), rng)
    height = max(16, int(tall * stage.height * 1.05))
    palette = stage.scene.palette
    colours = colours_of(stage.scene) | {
        "petal 0": palette.accent,
        "petal 1": shift(palette.accent, lightness=1.2, turn=0.25),
        "petal 2": colour("f0e2d4"),
        "petal 3": shift(palette.accent, lightness=0.72),
        "leaf dark": colour("3f5a3a"),
        "leaf": colour("5a7a48"),
    }
    rgb, mask, _ = draw_parts([*parts, *heads], height, int(height * 1.5), colours)
    light = Lighting(-_side(stage), _lit(stage), palette.shade * 0.6, palette.haze, 0.0, 0.25, 1.0)
    pixels = np.clip(shaded(rgb, mask, light), 0, 1)
    yield Sprite(
        to_image(pixels, mask),
        x * stage.width - height * 0.75,
        mouth * stage.height - height * 0.9,
        0.5,
        sway=0.012,
    )


def _leaf(root: np.ndarray, angle: float, rng: np.random.Generator) -> Part:
    along = np.array([np.sin(angle), -np.cos(angle)]) * rng.uniform(0.08, 0.14)
    limb = np.array(
        [[*root, 0.004], [*(root + along * 0.5), 0.02], [*(root + along), 0.003]], np.float32
    )
    return Part(limb, "leaf")


def _blossom(centre: np.ndarray, radius: float, rng: np.random.Generator) -> list[Part]:
    """Rings of petals, darker outside and lighter within."""
    kind, petals = int(rng.integers(0, 3)), []
    for ring, share in enumerate((1.0, 0.66, 0.34)):
        for step in range(7 - ring):
            turn = step * 2 * np.pi / (7 - ring) + ring * 0.5 + rng.normal(0, 0.1)
            tip = centre + np.array([np.cos(turn), np.sin(turn) * 0.8]) * radius * share * 0.62
            dot = np.array(
                [[*centre, radius * 0.2 * share], [*tip, radius * 0.36 * share]], np.float32
            )
            petals.append(
                Part(
                    dot,
                    "petal 3"
                    if ring == 0 and kind != 2
                    else f"petal {kind}"
                    if ring == 1
                    else "petal 1",
                )
            )
    petals.append(Part(np.array([[*centre, radius * 0.13]], np.float32), "petal 3"))
    return petals

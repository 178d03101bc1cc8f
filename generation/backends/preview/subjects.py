"""What stands in a scene: buildings, boats, trees, animals, people, birds."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from .creatures import CREATURES, WALKING, WOMAN
from .noise import Field, smoothstep
from .objects import OBJECTS
from .palette import Colour, colour, shift
from .scene import SUBJECTS, Scene
from .shapes import Lighting, Part, draw_parts, glowing, part, shaded
from .stage import Element, Light, Sprite, Stage, to_image
from .trees import tree

# How large things are beside the subject's plain size, and how far away they are.
_RELATIVE = {
    "lighthouse": 1.6, "castle": 1.35, "bridge": 0.95, "house": 0.85, "boat": 0.95, "tree": 1.9,
    "car": 0.62, "horse": 1.05, "deer": 1.1, "fox": 0.85, "dog": 0.85, "cat": 0.85, "person": 1.35,
}  # fmt: skip
_HAZE = {"lighthouse": 0.18, "castle": 0.3, "bridge": 0.34, "house": 0.14, "boat": 0.14}
# Subjects with a hard edge where they end.
_FIRM = {"boat", "car", "cat", "fox"}


def subjects_of(scene: Scene) -> list[str]:
    """The subjects to be drawn, the farthest first; birds and flowers are painted elsewhere."""
    return [name for name in SUBJECTS if scene.has(name) and name not in {"birds", "flowers"}]


@dataclass(frozen=True)
class Place:
    """Where a subject is on the stage, in pixels, and how it moves there."""

    left: float
    top: float
    depth: float
    bob: float = 0.0
    sway: float = 0.0


def paint_subject(stage: Stage, name: str, x: float, base: float) -> Iterator[Element]:
    """The subject with its foot at (x, base), and the light it gives off."""
    scene, haze = stage.scene, _HAZE.get(name, 0.0)
    parts, height = _parts(scene, name), _height(stage, name)
    width = int(height * _breadth(parts) * 2) + 8
    rgb, mask, glow = draw_parts(parts, height, width, colours_of(scene))
    if name not in _FIRM:
        mask = mask * smoothstep(1.0, 0.965, np.linspace(0, 1, height, dtype=np.float32))[:, None]
    place = Place(
        left=x * stage.width - width / 2,
        top=base * stage.height - height,
        depth=0.35 if haze > 0.2 else 0.62,
        bob=stage.height * 0.004 if name == "boat" else 0.0,
        sway=0.012 if name == "tree" else 0.0,
    )
    if name == "boat":
        yield _reflection(stage, rgb, mask, place)
    else:
        yield _shadow(stage, place, width, height)
    pixels = np.clip(shaded(rgb, mask, lighting_for(stage, x, haze)), 0, 1)
    yield Sprite(to_image(pixels, mask), **vars(place))
    if glow.any() and scene.time in {"night", "dusk", "dawn"}:
        yield _windows(glow, place)
    if name == "lighthouse" and scene.time != "day":
        yield _beam(stage, x, (place.top + height * 0.13) / stage.height, place.depth)


def _height(stage: Stage, name: str) -> int:
    """How tall the subject is, in pixels."""
    scene = stage.scene
    share = scene.size * _RELATIVE.get(name, 1.0) * scene.has(name) ** 0.8
    return max(12, int(min(share, 1.6) * stage.height))


def _parts(scene: Scene, name: str) -> tuple[Part, ...]:
    if name == "tree":
        return tree(scene)
    if name == "person":
        walking = scene.rng("pose").random() < 0.6
        return WOMAN if scene.has("woman") else (WALKING if walking else CREATURES["person"])
    parts = OBJECTS.get(name) or CREATURES[name]
    if scene.focus > 0.5:
        return parts
    flip = np.array([-1, 1, 1], np.float32)
    return tuple(
        Part(p.points * flip[: p.points.shape[1]], p.colour, p.smooth, p.glows) for p in parts
    )


def _breadth(parts: tuple[Part, ...]) -> float:
    """How far the parts reach from their middle."""
    return float(
        max(
            (np.abs(p.points[:, 0]) + (p.points[:, 2] if p.points.shape[1] == 3 else 0)).max()
            for p in parts
        )
    )


def colours_of(scene: Scene) -> dict[str, Colour]:
    """The colours that parts are named by."""
    palette = scene.palette
    return {
        "dark": shift(palette.shade, lightness=0.75) * 0.8 + 0.02,
        "white": colour("efe9dd"), "stone": palette.rock * 0.6 + colour("8d857a") * 0.4,
        "red": colour("b3392f"), "roof": colour("6e4036"), "wood": colour("6b4a35"),
        "window": colour("ffc56e"), "lamp": colour("fff0c4"), "glass": palette.zenith * 0.7,
        "leaf": palette.foliage, "leaf light": shift(palette.foliage, lightness=1.25),
        "leaf dark": shift(palette.foliage, lightness=0.75), "paint": palette.accent,
        "coat": palette.shade * 0.75 + palette.accent * 0.22,
        "cat fur": colour("4a4048") * 0.6 + palette.shade * 0.4, "fox fur": colour("c8622a"),
        "dog fur": colour("8a6a4a"), "horse fur": colour("6e4630"), "deer fur": colour("94704c"),
        "hair": palette.shade * 0.7, "skin": palette.shade * 0.6 + palette.lit * 0.25,
    }  # fmt: skip


def lighting_for(stage: Stage, x: float, haze: float) -> Lighting:
    """The scene's light on something that stands at x."""
    palette, scene = stage.scene.palette, stage.scene
    thick = haze * (1 + scene.has("fog")) + 0.18 * bool(scene.has("fog"))
    return Lighting(
        side=1.0 if scene.sun[0] > x else -1.0,
        lit=palette.lit * 0.6 + palette.sun * 0.4,
        shade=palette.shade,
        air=palette.haze * 0.7 + palette.horizon * 0.3,
        haze=min(0.75, thick),
        rim=0.35 if scene.has("fog", "rain", "storm") and not scene.has("neon") else 0.8,
        body=0.85 if scene.time == "day" else 0.5,
    )


def _shadow(stage: Stage, place: Place, width: int, height: int) -> Element:
    """Where the subject meets the ground."""
    rows, columns = max(4, height // 12), max(8, int(width * 1.1))
    y = np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
    u = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    alpha = np.clip(1 - np.hypot(u, y), 0, 1) ** 1.3 * 0.55
    rgb = np.broadcast_to(stage.scene.palette.shade * 0.6, (rows, columns, 3))
    left, top = place.left - (columns - width) / 2, place.top + height - rows * 0.62
    return Sprite(to_image(rgb, alpha), left, top, place.depth)


def _reflection(stage: Stage, rgb: np.ndarray, mask: Field, place: Place) -> Element:
    """The subject upside down on the water, broken by ripples and fading."""
    height, width = mask.shape
    down = np.linspace(0, 1, height, dtype=np.float32)
    wave = np.sin(down * 70 + np.sin(down * 23)) * height * 0.012 * down**0.4
    column = np.arange(width)[None, :] + np.round(wave).astype(np.intp)[:, None]
    column = np.clip(column, 0, width - 1)
    row = np.arange(height)[::-1, None]
    tone = rgb[row, column] * 0.45 + stage.scene.palette.shade * 0.35
    cover = mask[row, column] * ((1 - down) ** 1.2 * 0.6)[:, None]
    top = place.top + height * 0.97
    return Sprite(
        to_image(np.clip(tone, 0, 1), cover), place.left, top, place.depth, bob=-place.bob
    )


def _windows(glow: np.ndarray, place: Place) -> Element:
    margin = max(6, len(glow) // 4)
    wide = np.pad(glow, ((margin, margin), (margin, margin), (0, 0)))
    image = glowing(wide, max(1.2, len(glow) / 45))
    left, top = place.left - margin, place.top - margin
    return Light(image, left, top, place.depth, bob=place.bob, flicker=0.12, rate=1.1)


def _beam(stage: Stage, x: float, y: float, depth: float) -> Element:
    """The cone of a lighthouse lamp, and its flare."""
    scene = stage.scene
    side = 1.0 if scene.focus < 0.5 else -1.0
    across = (stage.across - x)[None, :] * side * stage.width / stage.height
    down = (stage.down - y)[:, None] + across * 0.10
    cone = np.exp(-((down / (0.006 + 0.075 * np.maximum(across, 0))) ** 2)) * (across > 0)
    cone = cone * np.exp(-np.maximum(across, 0) / 0.75) * 0.5
    flare = np.exp(-stage.distance(x, y) / 0.02) * 0.9 + np.exp(-stage.distance(x, y) / 0.09) * 0.35
    light = np.clip(cone + flare, 0, 1)[..., None] * colour("fff0c8")
    return Light(to_image(light - 0.002), depth=depth, flicker=0.45, rate=0.5)


def paint_birds(stage: Stage) -> Iterator[Element]:
    """A loose flock, gliding."""
    scene = stage.scene
    rng = scene.rng("birds")
    sky = max(scene.horizon, 0.5)
    centre = (float(rng.uniform(0.25, 0.75)), sky * float(rng.uniform(0.3, 0.6)))
    for _ in range(int(5 + 6 * scene.has("birds"))):
        span = stage.height * scene.size * float(rng.uniform(0.10, 0.26)) + 4
        image = _bird(scene, span, float(rng.uniform(0.2, 0.9)))
        x = (centre[0] + float(rng.normal(0, 0.11))) * stage.width
        y = (centre[1] + float(rng.normal(0, 0.05))) * stage.height
        drift = stage.width * 0.025
        yield Sprite(image, x, y, 0.2, drift=drift, bob=span * 0.06, phase=x)


def _bird(scene: Scene, span: float, lift: float) -> Image.Image:
    """Two wings, `lift` (0 to 1) saying how far they are raised."""
    up = 0.5 - 0.34 * lift
    wings = part(
        f"-1,{up:.2f} -.55,{up + 0.02:.2f} -.2,.42 0,.5 .2,.42 .55,{up + 0.02:.2f} 1,{up:.2f} "
        f".55,{up + 0.13:.2f} .18,.54 0,.62 -.18,.54 -.55,{up + 0.13:.2f}",
        smooth=True,
    )
    height, width = max(6, int(span / 2)), max(12, int(span * 1.1))
    rgb, mask, _ = draw_parts([wings], height, width, {"dark": scene.palette.shade * 0.7})
    return to_image(rgb, mask * 0.9)


def ground_under(sprite: Element, x: float, stage: Stage) -> float | None:
    """The row (fraction) where a layer begins in the column x, None where it shows nothing."""
    if not isinstance(sprite, Sprite) or sprite.image.mode != "RGBA":
        return None
    column = min(sprite.image.width - 1, max(0, int(x * stage.width)))
    strip: Image.Image = sprite.image.getchannel("A").crop(
        (column, 0, column + 1, sprite.image.height)
    )
    rows = np.flatnonzero(np.asarray(strip)[:, 0] > 128)
    return (sprite.top + float(rows[0])) / stage.height if len(rows) else None

"""Weather in front of everything: rain, snow, fog, lightning, floating lights."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from .noise import fbm
from .palette import colour
from .shapes import glowing
from .stage import Element, Light, Overlay, Sprite, Stage, View, to_image


def paint_weather(stage: Stage) -> Iterator[Element]:
    """What falls and drifts, as the words say."""
    scene = stage.scene
    if scene.has("storm") and scene.rng("lightning").random() < 0.9 and scene.horizon > 0.3:
        yield _lightning(stage)
    if scene.has("fog"):
        yield from _fog(stage, scene.has("fog"))
    if scene.has("rain", "storm"):
        for layer in range(3):
            yield Overlay(_rain(stage, layer, scene.has("rain", "storm")).draw)
    if scene.has("snow") and "snow" not in scene.removed:
        for layer in range(3):
            yield Overlay(_snow(stage, layer, scene.has("snow")).draw)
    if scene.has("lantern"):
        yield from _fireflies(stage)


@dataclass
class Falling:
    """A tile of drops or flakes that scrolls for ever. Speeds are tiles per second."""

    tile: Image.Image  # L: how much of `tone` covers the frame
    tone: tuple[int, int, int]
    speed: tuple[float, float]

    def draw(self, frame: Image.Image, view: View) -> None:
        width, height = self.tile.size
        x = int(view.seconds * self.speed[0] * width) % width
        y = int(view.seconds * self.speed[1] * height) % height
        cover = Image.new("L", frame.size)
        for left in range(x - width, frame.width, width):
            for top in range(y - height, frame.height, height):
                cover.paste(self.tile, (left, top))
        frame.paste(self.tone, (0, 0, *frame.size), cover)


def _points(stage: Stage, name: str, layer: int, count: float) -> Image.Image:
    """A tile the size of the stage with single bright points."""
    rng = stage.scene.rng(name, layer)
    tile = np.zeros((stage.height, stage.width), np.float32)
    number = max(4, int(count))
    x, y = rng.integers(0, stage.width, number), rng.integers(0, stage.height, number)
    tile[y, x] = rng.uniform(0.35, 1, number)
    return Image.fromarray((tile * 255).astype(np.uint8))


def _rain(stage: Stage, layer: int, strength: float) -> Falling:
    near = (0.4, 0.7, 1.0)[layer]
    tile = np.asarray(_points(stage, "rain", layer, (900, 420, 130)[layer] * strength), np.float32)
    length = max(3, int(stage.height * 0.055 * near))
    streak = np.zeros_like(tile)
    for step in range(length):
        streak += np.roll(np.roll(tile, step, axis=0), -step // 7, axis=1)
    soft = Image.fromarray(np.clip(streak * (0.2 + 0.14 * near), 0, 255).astype(np.uint8))
    soft = soft.filter(ImageFilter.GaussianBlur(stage.height / 1500 * (0.5 + near)))
    return Falling(soft, _tone(stage), (-0.25 * near, 1.1 + 0.9 * near))


def _snow(stage: Stage, layer: int, strength: float) -> Falling:
    near = (0.35, 0.65, 1.0)[layer]
    tile = _points(stage, "snow", layer, (700, 260, 70)[layer] * strength)
    radius = stage.height * 0.0035 * near
    soft = tile.filter(ImageFilter.GaussianBlur(radius))
    gain = 0.85 * 2 * np.pi * max(radius, 0.4) ** 2
    soft = soft.point(lambda value: min(235, int(value * gain)))
    return Falling(soft, (250, 252, 255), (0.03 * near, 0.06 + 0.14 * near))


def _tone(stage: Stage) -> tuple[int, int, int]:
    pale = stage.scene.palette.sun * 0.5 + stage.scene.palette.horizon * 0.4
    red, green, blue = (int(min(1.0, float(channel)) * 255) for channel in pale)
    return red, green, blue


def _fog(stage: Stage, strength: float) -> Iterator[Element]:
    """Banks that lie low and drift past each other."""
    scene = stage.scene
    air = scene.palette.haze * 0.6 + scene.palette.horizon * 0.4
    line = scene.horizon if scene.horizon > 0 else 0.4
    for layer in range(2):
        cloud = fbm(scene.rng("fog", layer), (stage.width * 5 // 4, stage.height), (3, 7), 4, 0.5)
        lying = np.exp(-(((stage.down - line - 0.08 * layer) / (0.2 + 0.14 * layer)) ** 2))
        alpha = np.clip(0.42 + 0.26 * cloud, 0, 1) * lying[:, None] * min(1.0, 0.8 * strength)
        rgb = np.broadcast_to(air, (*alpha.shape, 3))
        drift = stage.width * (0.012 if layer else -0.018)
        left = -stage.width * 0.25 if layer else 0.0
        yield Sprite(to_image(rgb, alpha), left, 0, 0.3 + 0.4 * layer, drift=drift)


def _lightning(stage: Stage) -> Element:
    """A bolt with two forks, flaring now and then."""
    scene = stage.scene
    rng = scene.rng("bolt")
    light = np.zeros((stage.height, stage.width), np.float32)
    ground = int(scene.horizon * stage.height)
    trunk = rng.uniform(0.2, 0.8) + np.cumsum(rng.normal(0, 0.0035, ground))
    _trace(light, trunk, 0, 1.0)
    for _ in range(2):
        first, last = (
            int(ground * share) for share in (rng.uniform(0.2, 0.5), rng.uniform(0.55, 0.8))
        )
        steps = rng.normal(0, 0.0035, last - first) + rng.uniform(-0.12, 0.12) / ground
        _trace(light, trunk[first] + np.cumsum(steps), first, 0.6)
    image = glowing(light[..., None] * colour("e8e6ff"), max(0.8, stage.height / 350))
    return Light(image, 0, 0, 0.1, flicker=0.9, rate=1.3)


def _trace(light: np.ndarray, path: np.ndarray, first: int, power: float) -> None:
    """Mark the path, one position (0 to 1) for each row from `first` on."""
    width = light.shape[1]
    column = np.clip(path * width, 0, width - 1).astype(np.intp)
    light[first + np.arange(len(path)), column] = power


def _fireflies(stage: Stage) -> Iterator[Element]:
    """Warm floating lights, rising slowly."""
    scene = stage.scene
    for layer in range(2):
        rng = scene.rng("fireflies", layer)
        light = np.zeros((stage.height, stage.width, 3), np.float32)
        count = int(34 * scene.has("lantern"))
        x = rng.integers(0, stage.width, count)
        y = (np.clip(rng.normal(0.6, 0.18, count), 0.05, 0.97) * stage.height).astype(int)
        reach = max(1, stage.height // 150)
        for across, down in zip(x, y, strict=True):
            light[down : down + reach, across : across + reach] = colour("ffcf73")
        image = glowing(light, max(1.5, stage.height / 240))
        yield Light(
            image,
            0,
            0,
            0.5 + 0.3 * layer,
            flicker=0.5,
            rate=0.9,
            phase=layer * 2.0,
            bob=stage.height * 0.01,
        )

"""Water: what stands above it mirrored in ripples, with the light's path on it."""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from .noise import Field, fbm, smoothstep
from .palette import Colour
from .scene import Scene
from .stage import Stage, View


@dataclass
class Water:
    """A mirror from the row `line` (fraction of the stage) down.

    `rough` is 0 for a mirror and 1 for a sea. `mask` (stage rows x columns, 0 to 1), where given,
    says where there is water, for rivers and wet streets.
    """

    scene: Scene
    stage: tuple[int, int]
    line: float
    rough: float
    deep: Colour
    mask: Field | None = None
    keep: float = 0.72  # share of the mirrored light
    depth: float = 0.25
    street: bool = False
    _phases: dict[tuple[int, int], tuple[Field, Field, Field]] = field(default_factory=dict)

    def draw(self, frame: Image.Image, view: View) -> None:
        top = round(view.place(0, self.line * self.stage[1], self.depth)[1])
        rows = frame.height - top
        if rows < 2 or top < 2:
            return
        mirror = frame.crop((0, 0, frame.width, top))
        smear = 1 + round(self.rough * frame.height / (90 if self.street else 200))
        mirror = mirror.resize((frame.width, max(2, top // smear)), Image.Resampling.BOX)
        pixels = self._mirrored(np.asarray(mirror), rows, view, top)
        image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        frame.paste(image, (0, top), self._cover(view, top, rows))

    def _cover(self, view: View, top: int, rows: int) -> Image.Image | None:
        """Where the water shows."""
        if self.mask is None:
            return None
        mask = Image.fromarray((self.mask * 255).astype(np.uint8))
        scale = view.scale(self.depth)
        left, upper = view.place(0, 0, self.depth)
        box = (-left / scale, (top - upper) / scale)
        size = (view.frame[0], rows)
        return mask.transform(
            size, Image.Transform.AFFINE, (1 / scale, 0, box[0], 0, 1 / scale, box[1])
        )

    def _ripples(self, width: int, rows: int, seconds: float) -> tuple[Field, Field]:
        """Two waving fields, about -1 to 1, finer towards the far shore."""
        if (width, rows) not in self._phases:
            self._phases[width, rows] = self._phase_fields(width, rows)
        first, second, third = self._phases[width, rows]
        wave = np.sin(first - seconds * 2.1) * 0.6 + np.sin(second + seconds * 1.6) * 0.4
        return wave, np.sin(third - seconds * 1.3)

    def _phase_fields(self, width: int, rows: int) -> tuple[Field, Field, Field]:
        rng = self.scene.rng("ripples")
        near = (np.arange(rows, dtype=np.float32) + 1)[:, None] / rows
        away = 1 / (near + 0.05)
        across = (np.arange(width, dtype=np.float32) / width - 0.5)[None, :] * width / rows
        stray = fbm(rng, (width, rows), (6, 9), 4, 0.6)
        fine = fbm(rng, (width, rows), (16, 34), 3, 0.7)
        first = away * 17 + across * away * 3.0 + stray * 2.6 + fine * 1.2
        second = away * 27 - across * away * 5.0 + stray * 2.2 + fine * 2.0
        third = away * 41 + across * away * 2.0 + fine * 3.0
        return first, second, third

    def _mirrored(self, above: np.ndarray, rows: int, view: View, top: int) -> np.ndarray:
        """The picture `above`, which may have been smeared to fewer rows than `top`, mirrored."""
        count, width = above.shape[:2]
        near = (np.arange(rows, dtype=np.float32) + 0.5)[:, None] / rows
        wave, other = self._ripples(width, rows, view.seconds)
        reach = top * (0.006 + 0.16 * self.rough * near**0.8)
        stretch = min(1.0, (top - 1) / rows * 0.98)
        base = top - 1 - np.arange(rows, dtype=np.float32)[:, None] * stretch
        column = np.arange(width, dtype=np.float32)[None, :] + other * width * 0.006 * (0.3 + near)
        across = np.clip(column, 0, width - 1).astype(np.int32)
        up = np.clip(base - np.abs(wave + 0.35 * other) * reach, 0, top - 1) * (count / top)
        up = up.astype(np.int32)
        flat = above.reshape(-1, 3)
        mirror = flat.take(up * width + across, axis=0).astype(np.float32)
        return self._lit(mirror, near, wave, other, width)

    def _lit(
        self, mirror: np.ndarray, near: Field, wave: Field, other: Field, width: int
    ) -> np.ndarray:
        """The mirror image darkened by depth, with crests and the sun's path."""
        deep = (self.deep * 255).astype(np.float32)
        keep = self.keep * (1.04 - 0.5 * near * (0.45 + 0.55 * self.rough))
        crest = wave * 0.05 * (0.3 + self.rough)
        pixels = deep + (mirror - deep) * np.clip(keep + crest, 0, 1)[..., None]
        if self.street or self.scene.has("rain", "storm", "fog"):
            return pixels
        u = (np.arange(width, dtype=np.float32) / width)[None, :]
        path = np.exp(-(((u - self.scene.sun[0]) / (0.035 + 0.10 * near)) ** 2))
        spark = smoothstep(0.25, 0.95, wave * 0.7 + other * 0.5) * path * (1 - 0.45 * near)
        return pixels + (spark * 0.75)[..., None] * (self.scene.palette.sun * 255 - pixels)


def deep_colour(stage: Stage) -> Colour:
    """What the water is where it mirrors nothing."""
    palette = stage.scene.palette
    return palette.shade * 0.62 + palette.upper * 0.3


def river_mask(stage: Stage, start: float) -> Field:
    """A ribbon that winds from the row `start` (a fraction) to the foot of the stage."""
    rng = stage.scene.rng("river")
    near = np.clip((stage.down - start) / (1 - start), 0, 1)
    bends = np.sin(near**0.6 * rng.uniform(6, 9) + rng.uniform(0, 6)) * 0.16 * (1 - near * 0.5)
    home = stage.scene.sun[0] * 0.6 + 0.2
    centre = home + bends + (rng.uniform(0.35, 0.65) - home) * near
    half = 0.006 + 0.24 * near**1.7
    edge = fbm(rng, stage.size, (14, 20), 4) * 0.012 * (0.2 + near[:, None])
    off = np.abs(stage.across[None, :] - centre[:, None]) + edge
    inside = smoothstep(1.0, 0.93, off / half[:, None])
    return inside * smoothstep(0, 0.02, near)[:, None]

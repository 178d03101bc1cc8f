"""Clips: how the camera moves, and how a clip leaves its start and reaches its end picture."""

import re
from dataclasses import dataclass
from math import pi

import numpy as np
from PIL import Image

from .noise import Size, fbm, smoothstep
from .scene import Scene
from .stage import View

_MOVES = {
    "pan": (1.0, 0.0, 0.15),
    "rise": (0.1, 1.0, 0.2),
    "dolly in": (0.25, 0.0, 1.0),
    "dolly out": (-0.25, 0.0, -1.0),
    "orbit": (0.8, 0.12, 0.6),
}
_WORDS = {
    "pan": "pan",
    "panning": "pan",
    "tracking": "pan",
    "zoom": "dolly in",
    "dolly": "dolly in",
    "approach": "dolly in",
    "orbit": "orbit",
    "crane": "rise",
    "rising": "rise",
    "tilt": "rise",
    "reveal": "dolly out",
}


@dataclass(frozen=True)
class Camera:
    """A move over the length of a clip. `reach` is how far it goes, as a share of the frame."""

    pan: tuple[float, float]
    zoom: float
    reach: float
    overscan: float  # the stage is this much larger than the frame

    def stage_size(self, frame: Size) -> Size:
        """The stage in pixels: the frame with room for the move."""
        return round(frame[0] * self.overscan), round(frame[1] * self.overscan)

    def view(self, frame: Size, progress: float, seconds: float) -> View:
        """What the camera sees after `progress` (0 to 1) of its move."""
        eased = 0.5 - 0.5 * np.cos(pi * progress) if self.reach else 0.0
        along = float(eased * 0.6 + progress * 0.4) - 0.5
        pan = (self.pan[0] * self.reach * along, self.pan[1] * self.reach * along)
        zoom = 1 + self.reach * 1.1 * abs(self.zoom) * (
            along + 0.5 if self.zoom > 0 else 0.5 - along
        )
        return View(frame, self.stage_size(frame), pan, zoom, seconds)


def camera_for(scene: Scene, prompt: str) -> Camera:
    """The move that the words ask for, else one by seed; as wide as the motion setting says."""
    asked = [_WORDS[word] for word in re.findall(r"[a-z]+", prompt.lower()) if word in _WORDS]
    rng = scene.rng("camera")
    name = asked[0] if asked else str(rng.choice(list(_MOVES)))
    across, up, zoom = _MOVES[name]
    side = 1 if rng.random() < 0.5 else -1
    reach = 0.26 * max(0.0, min(1.0, scene.motion))
    return Camera((across * side, up), zoom, reach, 1 + reach)


class Transition:
    """Leads from the start picture into the scene, and from it to the end picture.

    The pictures move with the camera; the change runs over the frame like light through cloud.
    """

    def __init__(self, scene: Scene, size: Size, pictures: dict[str, Image.Image]) -> None:
        self.pictures = {role: pictures[role] for role in ("start", "end") if role in pictures}
        field = fbm(scene.rng("transition"), size, (4, 3), 4) * 0.11
        sweep = np.linspace(0, 1, size[0], dtype=np.float32)[None, :]
        order = np.clip(0.5 + field + (sweep - 0.5) * 0.35, 0, 1)
        self.order = Image.fromarray((order * 255).astype(np.uint8))

    def apply(self, frame: Image.Image, progress: float) -> Image.Image:
        """The frame at `progress`, 0 to 1: exactly the start picture at 0, the end picture at 1."""
        start, end = self.pictures.get("start"), self.pictures.get("end")
        if start is not None:
            passed = smoothstep(0.06, 0.52 if end is not None else 0.72, progress)
            frame = self._over(frame, _grown(start, 1 + 0.14 * progress), 1 - float(passed))
        if end is not None:
            passed = smoothstep(0.45 if start is not None else 0.30, 0.95, progress)
            frame = self._over(frame, _grown(end, 1 + 0.14 * (1 - progress)), float(passed))
        return frame

    def _over(self, frame: Image.Image, picture: Image.Image, share: float) -> Image.Image:
        """The picture over the frame where the order of change has come."""
        if share <= 0 or share >= 1:
            return picture if share >= 1 else frame
        edge = share * 1.5 - 0.25
        table = [
            int(255 * float(smoothstep(edge + 0.25, edge - 0.25, v / 255))) for v in range(256)
        ]
        return Image.composite(picture, frame, self.order.point(table))


def _grown(picture: Image.Image, zoom: float) -> Image.Image:
    """The middle of the picture, enlarged."""
    if zoom < 1.0005:
        return picture
    width, height = picture.size
    left, top = width * (1 - 1 / zoom) / 2, height * (1 - 1 / zoom) / 2
    return picture.resize(
        picture.size, Image.Resampling.BILINEAR, box=(left, top, width - left, height - top)
    )

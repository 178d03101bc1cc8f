"""A scene: every decision about a picture, taken before anything is painted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from generation.backends.base import RenderTask

from . import words
from .noise import generator
from .palette import Palette, mix, palette_for, shift, tint

PLACES = (
    "mountains",
    "hills",
    "meadow",
    "forest",
    "desert",
    "cliff",
    "sea",
    "lake",
    "river",
    "city",
    "street",
)
SUBJECTS = (
    "lighthouse", "castle", "bridge", "house", "boat", "tree", "car",
    "horse", "deer", "fox", "dog", "cat", "flowers", "birds", "person",
)  # fmt: skip
# What is imagined when the prompt names no place.
_IMAGINED = (
    ("mountains", "lake"), ("hills", "tree"), ("sea", "cliff"), ("desert",),
    ("mountains", "forest"), ("meadow", "mountains"), ("hills", "river"),
)  # fmt: skip
_HOME = {
    "lighthouse": ("sea", "cliff"),
    "boat": ("sea",),
    "castle": ("hills", "mountains"),
    "car": ("desert", "mountains"),
    "bridge": ("river", "mountains"),
    "flowers": ("meadow", "hills"),
    "fox": ("forest", "hills"),
    "deer": ("forest", "mountains"),
    "horse": ("meadow", "hills"),
    "house": ("hills", "forest"),
    "cat": ("hills",),
    "dog": ("sea", "cliff"),
}
_SUBJECT_SIZE = {"wide": 0.22, "medium": 0.36, "close": 0.66}
_HORIZON = {
    "low_angle": 0.80,
    "over_the_shoulder": 0.52,
    "overhead": -1.0,
    "birds_eye": 0.16,
    "eye_level": 0.60,
}


@dataclass(frozen=True)
class Scene:
    """Positions are fractions of the picture from the top left; sizes fractions of its height."""

    seed: int
    width: int
    height: int
    kind: str  # outdoor, portrait, still_life, abstract, space, aerial
    elements: Mapping[str, float]
    removed: frozenset[str]  # elements that the negative prompt names
    time: str
    season: str
    moods: tuple[str, ...]
    palette: Palette
    horizon: float
    focus: float  # where the subject stands, across
    sun: tuple[float, float]
    size: float  # of the subject
    shot: str
    angle: str
    controls: Mapping[str, Any]
    styles: tuple[str, ...]  # style treatments, the strongest first
    octaves: int
    fine: bool
    guidance: float
    motion: float
    salt: int

    def rng(self, *names: object) -> np.random.Generator:
        """The random stream of one part of this scene."""
        return generator(self.seed, self.salt, *names)

    def has(self, *names: str) -> float:
        """The strength of the strongest of the elements `names`; 0: not there."""
        return max((self.elements.get(name, 0.0) for name in names), default=0.0)

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width / self.height

    @property
    def symmetrical(self) -> bool:
        """Whether both halves mirror each other."""
        return self.controls.get("composition") == "symmetrical"


def scene_for(task: RenderTask, index: int) -> Scene:
    """The scene of output `index`."""
    meaning = words.read(
        task.prompt, task.negative_prompt, task.term_weights, original=task.original_prompt
    )
    controls = {key: str(value) for key, value in task.controls.items() if value}
    shot, angle = controls.get("shot_type", "wide"), controls.get("camera_angle", "none")
    seed = task.seed_of(index)
    rng = generator(seed, meaning.salt, "scene")
    elements = _furnished(meaning, rng)
    time = _time(meaning, elements, rng)
    focus = _focus(controls.get("composition", "none"), rng)
    scene = Scene(
        seed=seed,
        width=task.width,
        height=task.height,
        kind=_kind(elements, shot, angle),
        elements=elements,
        removed=meaning.removed,
        time=time,
        season=meaning.season,
        moods=meaning.moods,
        palette=palette_for(_light(time, elements), seed, meaning.colours, meaning.salt),
        horizon=_horizon(angle, controls.get("composition", ""), elements, rng),
        focus=focus,
        sun=_sun(focus, angle, rng),
        size=_SUBJECT_SIZE.get(shot, 0.34) * {"low_angle": 1.45, "birds_eye": 0.6}.get(angle, 1.0),
        shot=shot,
        angle=angle,
        controls=controls,
        styles=_styles(controls, meaning),
        octaves=4 + (task.steps >= 14) + (task.steps >= 22) + (task.steps >= 38),
        fine=task.quality == "high",
        guidance=task.guidance,
        motion=task.motion,
        salt=meaning.salt,
    )
    return replace(scene, palette=_seasoned(scene))


def _furnished(meaning: words.Meaning, rng: np.random.Generator) -> dict[str, float]:
    """The elements named, and a place for them where none was."""
    elements = dict(meaning.elements)
    elsewhere = {"space", "still_life", "abstract"} & elements.keys()
    by_water = "sea" in elements or ("lake" in elements and "mountains" not in elements)
    if by_water and {"castle", "lighthouse"} & elements.keys():
        elements.setdefault("cliff", 1.0)
    if elsewhere or elements.keys() & set(PLACES):
        return elements
    home = next((_HOME[name] for name in SUBJECTS if name in elements and name in _HOME), ())
    imagined = home or _IMAGINED[(int(rng.integers(3)) + meaning.salt) % len(_IMAGINED)]
    return elements | {name: 1.0 for name in imagined if name not in elements}


def _kind(elements: Mapping[str, float], shot: str, angle: str) -> str:
    placed = elements.keys() & set(PLACES)
    if "still_life" in elements and not placed - {"meadow"}:
        return "still_life"
    if "portrait" in elements or ("person" in elements and shot == "close"):
        return "portrait"
    if "space" in elements and not placed:
        return "space"
    if "abstract" in elements and not placed - {"sea", "street"}:
        return "abstract"
    above = angle == "overhead" or (angle == "birds_eye" and {"city", "street"} & placed)
    return "aerial" if above else "outdoor"


def _time(meaning: words.Meaning, elements: Mapping[str, float], rng: np.random.Generator) -> str:
    if meaning.time:
        return meaning.time
    if {"moon", "stars", "neon", "lantern"} & elements.keys():
        return "night"
    if "dark" in meaning.moods:
        return "dusk"
    return str(rng.choice(["dawn", "day", "golden", "dusk", "golden"]))


def _light(time: str, elements: Mapping[str, float]) -> str:
    """The name of the palettes to choose from."""
    if "neon" in elements:
        return "neon"
    grey = {"storm", "rain"} & elements.keys()
    return "storm" if grey and time in {"day", "dawn", "golden"} else time


def _focus(composition: str, rng: np.random.Generator) -> float:
    side = 1 if rng.random() < 0.5 else -1
    offset = {
        "rule_of_thirds": 1 / 6, "golden_ratio": 0.118, "symmetrical": 0.0, "dynamic": 0.24,
    }.get(composition)  # fmt: skip
    return 0.5 + side * (float(rng.uniform(0.08, 0.18)) if offset is None else offset)


def _horizon(
    angle: str, composition: str, elements: Mapping[str, float], rng: np.random.Generator
) -> float:
    free = {"rule_of_thirds": 0.667, "golden_ratio": 0.618, "symmetrical": 0.5}.get(
        composition, float(rng.uniform(0.54, 0.68))
    )
    return _HORIZON.get(angle, free)


def _sun(focus: float, angle: str, rng: np.random.Generator) -> tuple[float, float]:
    across = 1 - focus + float(rng.normal(0, 0.06))
    above = float(rng.uniform(0.03, 0.24))
    return (float(np.clip(across, 0.1, 0.9)), above + (0.12 if angle == "low_angle" else 0.0))


def _styles(controls: Mapping[str, str], meaning: words.Meaning) -> tuple[str, ...]:
    chosen = controls.get("style", "none")
    free = words.read(controls.get("style_text", "")).styles
    return tuple(
        dict.fromkeys(style for style in (chosen, *free, *meaning.styles) if style != "none")
    )


_FOLIAGE = {"spring": "d98fb0", "autumn": "c4662a", "winter": "b9c6d2", "summer": "4f8a35"}


def _seasoned(scene: Scene) -> Palette:
    """The scene's palette in its season and mood."""
    palette = scene.palette
    if scene.season:
        leaf = words.colour(_FOLIAGE[scene.season])
        palette = replace(palette, foliage=tint(palette.foliage, leaf, 0.75))
    if scene.has("snow") or scene.season == "winter":
        white = words.colour("dfe8f2")
        palette = replace(
            palette,
            ground=mix(palette.ground, white, 0.75),
            foliage=mix(palette.foliage, white, 0.7),
            rock=mix(palette.rock, white, 0.25),
        )
    for mood in scene.moods:
        palette = _in_mood(palette, mood)
    return palette


def _in_mood(palette: Palette, mood: str) -> Palette:
    return palette.map(lambda rgb: shift(rgb, **_MOOD[mood]))


_MOOD: dict[str, dict[str, float]] = {
    "calm": {"chroma": 0.85, "lightness": 1.03},
    "dramatic": {"chroma": 1.1, "lightness": 0.93},
    "dark": {"chroma": 0.75, "lightness": 0.8},
    "joyful": {"chroma": 1.25, "lightness": 1.04},
    "dreamy": {"chroma": 1.05, "lightness": 1.05, "turn": -0.12},
    "melancholy": {"chroma": 0.65, "lightness": 0.94},
}

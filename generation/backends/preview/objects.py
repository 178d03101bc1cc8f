"""Built and grown things as parts. One height tall, foot at 1."""

import numpy as np

from .scene import Scene
from .shapes import Part, mirrored, part, rectangle

_LIGHTHOUSE = (
    part("-.075,.2 .075,.2 .115,1 -.115,1", "white"),
    *(
        part(
            f"{-0.075 - 0.05 * (y - 0.2):.3f},{y} {0.075 + 0.05 * (y - 0.2):.3f},{y} "
            f"{0.075 + 0.05 * (y + 0.13 - 0.2):.3f},{y + 0.13} {-0.075 - 0.05 * (y + 0.13 - 0.2):.3f},{y + 0.13}",
            "red",
        )
        for y in (0.3, 0.56, 0.82)
    ),
    rectangle(-0.1, 0.185, 0.1, 0.205, "dark"),
    rectangle(-0.052, 0.09, 0.052, 0.185, "lamp", glows=True),
    part("-.072,.09 0,.01 .072,.09", "red"),
    *(rectangle(x, 0.09, x + 0.006, 0.185, "dark") for x in (-0.05, -0.018, 0.014, 0.046)),
    rectangle(-0.015, 0.47, 0.015, 0.52, "window", glows=True),
)
_HOUSE = (
    rectangle(0.2, 0.12, 0.3, 0.5, "stone"),
    rectangle(-0.48, 0.5, 0.48, 1, "wood"),
    part("-.58,.52 -.36,.14 .36,.14 .58,.52", "roof"),
    rectangle(-0.08, 0.66, 0.08, 1, "dark"),
    *mirrored(rectangle(0.2, 0.62, 0.37, 0.82, "window", glows=True)),
    *mirrored(rectangle(0.28, 0.62, 0.292, 0.82, "dark")),
)


def _tower(x: float, top: float, half: float, roof: float) -> tuple[Part, ...]:
    return (
        rectangle(x - half, top, x + half, 1, "stone"),
        rectangle(x - half * 1.25, top, x + half * 1.25, top + 0.05, "stone"),
        part(
            f"{x - half * 1.45},{top + 0.005} {x},{top - roof} {x + half * 1.45},{top + 0.005}",
            "roof",
        ),
        rectangle(x - half * 0.22, top + 0.12, x + half * 0.22, top + 0.19, "window", glows=True),
    )


_CASTLE = (
    *_tower(-0.16, 0.32, 0.07, 0.22),
    *_tower(0.02, 0.24, 0.085, 0.24),
    rectangle(-0.42, 0.62, 0.42, 1, "stone"),
    *(rectangle(-0.42 + 0.08 * i, 0.59, -0.38 + 0.08 * i, 0.63, "stone") for i in range(11)),
    *_tower(0.24, 0.42, 0.06, 0.18),
    *_tower(-0.42, 0.5, 0.075, 0.2),
    *_tower(0.43, 0.52, 0.075, 0.19),
    part("-.06,1 -.06,.84 -.04,.79 0,.77 .04,.79 .06,.84 .06,1", "dark"),
    rectangle(-0.2, 0.72, -0.17, 0.79, "window", glows=True),
    rectangle(0.15, 0.72, 0.18, 0.79, "window", glows=True),
)
_BOAT = (
    rectangle(-0.012, 0.04, 0.012, 0.86, "wood"),
    part(".03,.07 .1,.3 .2,.52 .32,.72 .03,.75", "white", smooth=True),
    part("-.03,.13 -.1,.36 -.21,.6 -.28,.74 -.03,.75", "white"),
    part("-.42,.8 .48,.78 .36,.95 .28,1 -.26,1 -.34,.95", "wood"),
    part("-.42,.8 .48,.78 .465,.815 -.405,.835", "white"),
)
_CAR = (
    part(
        "-1.12,.82 -1.14,.6 -1.06,.5 -.72,.44 -.42,.16 -.2,.1 .25,.1 .5,.2 .72,.44 1.04,.54 1.12,.66 1.12,.84",
        "paint",
    ),
    part("-.6,.45 -.36,.2 -.18,.16 -.04,.16 -.04,.46", "glass"),
    part(".04,.16 .24,.16 .42,.23 .6,.46 .04,.46", "glass"),
    rectangle(-1.08, 0.8, 1.08, 0.86, "dark"),
    *(part(f"{x},.8,.2") for x in (-0.66, 0.68)),
    *(part(f"{x},.8,.1", "stone") for x in (-0.66, 0.68)),
    part("1.05,.6,.045 1.07,.62,.045", "lamp", glows=True),
    part("-1.1,.58,.035 -1.1,.62,.035", "red", glows=True),
)
_BRIDGE = (
    rectangle(-2.6, 0.5, 2.6, 0.58, "stone"),
    *mirrored(
        rectangle(0.98, 0.02, 1.08, 1, "stone"),
        *(
            part(
                f"{1.03 + sign * 1.5 * a:.3f},{0.04 + 0.46 * (1 - (1 - a) ** 2):.3f} "
                f"{1.03 + sign * 1.5 * (a + 0.125):.3f},{0.04 + 0.46 * (1 - (1 - a - 0.125) ** 2):.3f} "
                f"{1.03 + sign * 1.5 * (a + 0.125):.3f},{0.06 + 0.46 * (1 - (1 - a - 0.125) ** 2):.3f} "
                f"{1.03 + sign * 1.5 * a:.3f},{0.06 + 0.46 * (1 - (1 - a) ** 2):.3f}",
                "stone",
            )
            for sign in (1, -0.69)
            for a in np.arange(0, 1, 0.125)
        ),
        *(
            rectangle(
                1.03 + sign * 1.5 * a - 0.006,
                0.05 + 0.46 * (1 - (1 - a) ** 2),
                1.03 + sign * 1.5 * a + 0.006,
                0.5,
                "stone",
            )
            for sign in (1, -0.69)
            for a in np.arange(0.0625, 1, 0.0625)
        ),
    ),
)
OBJECTS: dict[str, tuple[Part, ...]] = {
    "lighthouse": _LIGHTHOUSE, "house": _HOUSE, "castle": _CASTLE, "boat": _BOAT, "car": _CAR,
    "bridge": _BRIDGE,
}  # fmt: skip


def tree(scene: Scene) -> tuple[Part, ...]:
    """A broad tree grown by the seed: branches that fork, leaves in clusters at their ends."""
    rng = scene.rng("tree")
    parts: list[Part] = []
    tips: list[np.ndarray] = []
    _grow(rng, np.array([0.0, 1.0]), -np.pi / 2, 0.34, 0.045, 6, parts, tips)
    if scene.season != "winter":
        parts += _leaves(rng, tips)
    return _fitted(parts)


def _fitted(parts: list[Part]) -> tuple[Part, ...]:
    """The parts scaled about their foot so that they are one height tall."""
    top = min(float((p.points[:, 1] - p.points[:, 2]).min()) for p in parts)
    scale = 0.97 / (1 - top)
    foot = np.array([0, 1 - scale, 0], np.float32)
    return tuple(Part(p.points * np.float32(scale) + foot, p.colour) for p in parts)


def _grow(
    rng: np.random.Generator, foot: np.ndarray, angle: float, length: float, radius: float,
    left: int, parts: list[Part], tips: list[np.ndarray],
) -> None:  # fmt: skip
    """A branch and all that forks from it."""
    end = foot + length * np.array([np.cos(angle), np.sin(angle)])
    middle = (foot + end) / 2 + rng.normal(0, length * 0.06, 2)
    limb = np.array([[*foot, radius], [*middle, radius * 0.82], [*end, radius * 0.66]], np.float32)
    parts.append(Part(limb, "wood"))
    if left == 0 or length < 0.03:
        tips.append(end)
        return
    if left < 4:
        tips.append(end)
    for turn in (-1, 1):
        bend = angle + turn * rng.uniform(0.28, 0.62) + 0.05 * np.cos(angle)
        _grow(rng, end, bend, length * rng.uniform(0.64, 0.8), radius * 0.66, left - 1, parts, tips)


def _leaves(rng: np.random.Generator, tips: list[np.ndarray]) -> list[Part]:
    clusters: list[tuple[float, Part]] = []
    for tip in tips:
        for _ in range(7):
            x, y = tip + rng.normal(0, 0.036, 2)
            light = (1 - y) + rng.normal(0, 0.11)
            name = "leaf light" if light > 0.76 else "leaf" if light > 0.5 else "leaf dark"
            dot = np.array([[x, y, rng.uniform(0.007, 0.018)]], np.float32)
            clusters.append((light, Part(dot, name)))
    return [piece for _, piece in sorted(clusters, key=lambda pair: pair[0])]

"""Broad trees, grown by a seed."""

from dataclasses import dataclass, field

import numpy as np

from .scene import Scene
from .shapes import Part


def tree(scene: Scene) -> tuple[Part, ...]:
    """A tree one height tall with its foot at 1; bare in winter."""
    growth = Growth(scene.rng("tree"))
    growth.branch(np.array([0.0, 1.0]), -np.pi / 2, 0.34, 0.045, forks=6)
    leaves = [] if scene.season == "winter" else growth.leaves()
    return _fitted([*growth.limbs, *leaves])


def _fitted(parts: list[Part]) -> tuple[Part, ...]:
    """The parts scaled about their foot so that they are one height tall."""
    top = min(float((piece.points[:, 1] - piece.points[:, 2]).min()) for piece in parts)
    scale = 0.97 / (1 - top)
    foot = np.array([0, 1 - scale, 0], np.float32)
    return tuple(Part(piece.points * np.float32(scale) + foot, piece.colour) for piece in parts)


@dataclass
class Growth:
    """Branches that fork, and where they end."""

    rng: np.random.Generator
    limbs: list[Part] = field(default_factory=list)
    tips: list[np.ndarray] = field(default_factory=list)

    def branch(
        self, foot: np.ndarray, angle: float, length: float, radius: float, *, forks: int
    ) -> None:
        """Grow a branch and all that forks from it."""
        end = foot + length * np.array([np.cos(angle), np.sin(angle)])
        middle = (foot + end) / 2 + self.rng.normal(0, length * 0.06, 2)
        limb = [[*foot, radius], [*middle, radius * 0.82], [*end, radius * 0.66]]
        self.limbs.append(Part(np.array(limb, np.float32), "wood"))
        if forks < 4:
            self.tips.append(end)
        if forks == 0 or length < 0.03:
            return
        for turn in (-1, 1):
            bend = angle + turn * self.rng.uniform(0.28, 0.62) + 0.05 * np.cos(angle)
            shorter = length * self.rng.uniform(0.64, 0.8)
            self.branch(end, bend, shorter, radius * 0.66, forks=forks - 1)

    def leaves(self) -> list[Part]:
        """Leaves in clusters about the tips, the light ones on top and last."""
        clusters: list[tuple[float, Part]] = []
        for tip in np.repeat(self.tips, 7, axis=0):
            x, y = tip + self.rng.normal(0, 0.036, 2)
            light = (1 - y) + self.rng.normal(0, 0.11)
            name = "leaf light" if light > 0.76 else "leaf" if light > 0.5 else "leaf dark"
            dot = np.array([[x, y, self.rng.uniform(0.007, 0.018)]], np.float32)
            clusters.append((light, Part(dot, name)))
        return [piece for _, piece in sorted(clusters, key=lambda pair: pair[0])]

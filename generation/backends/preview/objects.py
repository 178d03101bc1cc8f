"""Built and grown things as parts. One height tall, foot at 1."""

import numpy as np

from .shapes import Part, mirrored, part, rectangle


def _belt(top: float, foot: float) -> Part:
    """A red band around the lighthouse, which widens towards its foot."""
    upper, lower = (0.075 + 0.05 * (y - 0.2) for y in (top, foot))
    corners = ((-upper, top), (upper, top), (lower, foot), (-lower, foot))
    return Part(np.array(corners, np.float32), "red")


_LIGHTHOUSE = (
    part("-.075,.2 .075,.2 .115,1 -.115,1", "white"),
    *(_belt(y, y + 0.13) for y in (0.3, 0.56, 0.82)),
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
        "-1.12,.82 -1.14,.6 -1.06,.5 -.72,.44 -.42,.16 -.2,.1 .25,.1 .5,.2 .72,.44 1.04,.54 "
        "1.12,.66 1.12,.84",
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


def _cable_height(along: float) -> float:
    """How high the cable hangs, from a tower (0) to the middle of the span (1)."""
    return 0.04 + 0.46 * (1 - (1 - along) ** 2)


def _cable(reach: float) -> list[Part]:
    """A main cable from the tower on the right over `reach`, with its hangers."""
    parts = []
    for start in np.arange(0, 1, 0.125):
        ends = [(1.03 + reach * a, _cable_height(a)) for a in (start, start + 0.125)]
        under = [(x, y + 0.02) for x, y in reversed(ends)]
        parts.append(Part(np.array([*ends, *under], np.float32), "stone"))
        x, y = 1.03 + reach * (start + 0.0625), _cable_height(start + 0.0625)
        parts.append(rectangle(x - 0.006, y, x + 0.006, 0.5, "stone"))
    return parts


_BRIDGE = (
    rectangle(-2.6, 0.5, 2.6, 0.58, "stone"),
    *mirrored(rectangle(0.98, 0.02, 1.08, 1, "stone"), *_cable(1.5), *_cable(-1.03)),
)
OBJECTS: dict[str, tuple[Part, ...]] = {
    "lighthouse": _LIGHTHOUSE, "house": _HOUSE, "castle": _CASTLE, "boat": _BOAT, "car": _CAR,
    "bridge": _BRIDGE,
}  # fmt: skip

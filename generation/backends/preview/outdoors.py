"""Outdoor scenes put together: sky, land, water, city and what stands in them, back to front."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from .bands import BANDS
from .city import paint_city
from .land import Band, headland, paint_band
from .noise import Field, fbm
from .sky import paint_sky
from .stage import Element, Overlay, Sprite, Stage
from .subjects import ground_under, paint_birds, paint_subject, subjects_of
from .water import Water, deep_colour, river_mask
from .weather import paint_weather


def paint_outdoors(stage: Stage) -> Iterator[Element]:
    """Every element of the scene, the farthest first, painted as it is asked for."""
    yield from paint_sky(stage)
    if stage.scene.has("birds"):
        yield from paint_birds(stage)
    standing = Standing(stage)
    yield from standing.among(_land(stage))
    yield from standing.rest()
    yield from paint_weather(stage)


def paint_place(stage: Stage) -> Iterator[Element]:
    """Only the place: no subjects, no weather."""
    yield from paint_sky(stage)
    yield from _land(stage)


def _land(stage: Stage) -> Iterator[Element]:
    yield from _backdrop(stage)
    if stage.scene.has("city", "street"):
        yield from paint_city(stage)
    yield from _waters(stage)
    if not stage.scene.has("city", "street"):
        yield from _foreground(stage)


# The layer that a subject stands on, by the names of bands, the best first.
_GROUND = {
    "lighthouse": (0.4, 0.5, 0.1),
    "castle": (0.4, 0.3),
    "house": (0.75, 0.8),
    "tree": (0.75, 0.8),
}


class Standing:
    """Puts the subjects in among the land, each on its ground."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.waiting = subjects_of(stage.scene)
        self.places = _places(stage, self.waiting)

    def among(self, layers: Iterable[Element]) -> Iterator[Element]:
        """The layers, and after each the subjects that stand on it."""
        for layer in layers:
            ground = {name: self._ground(name, layer) for name in self.waiting}
            behind = {name: row for name, row in ground.items() if row is not None}
            self.waiting = [name for name in self.waiting if name not in behind]
            # What stands on a crest is painted behind it, so that the crest hides its foot.
            yield from self._painted({n: row for n, row in behind.items() if n != "castle"})
            yield layer
            yield from self._painted({n: row for n, row in behind.items() if n == "castle"})

    def _painted(self, rows: dict[str, float]) -> Iterator[Element]:
        for name, row in rows.items():
            yield from paint_subject(self.stage, name, self.places[name], row)

    def rest(self) -> Iterator[Element]:
        """Those that stand in front of everything."""
        for name in self.waiting:
            yield from paint_subject(self.stage, name, self.places[name], self._base(name))

    def _ground(self, name: str, layer: Element) -> float | None:
        depths = () if name in {"boat", "bridge"} else _GROUND.get(name, (0.8,))
        if 0.4 in depths and self.stage.scene.has("cliff"):
            depths = (0.4,)
        if not isinstance(layer, Sprite) or not any(
            abs(layer.depth - depth) < 0.01 for depth in depths
        ):
            return None
        row = ground_under(layer, self.places[name], self.stage)
        return None if row is None else row + 0.02

    def _base(self, name: str) -> float:
        scene = self.stage.scene
        if name in {"boat", "bridge"}:
            return max(scene.horizon, 0.1) + 0.03 + scene.size * (0.2 if name == "boat" else 0.05)
        return min(0.97, max(scene.horizon, 0.3) + 0.10 + scene.size * 0.62)


def _places(stage: Stage, names: list[str]) -> dict[str, float]:
    """Where each subject stands across: the first at the focus, the others apart from it."""
    rng, focus = stage.scene.rng("places"), stage.scene.focus
    ranked = sorted(names, key=lambda name: -stage.scene.has(name))
    places = {}
    for rank, name in enumerate(ranked):
        offset = (0.0, 0.3, 0.17, 0.4, 0.24)[min(rank, 4)]
        side = -1 if focus > 0.5 else 1
        places[name] = float(
            np.clip(focus + side * (offset + rng.normal(0, 0.02 * (rank > 0))), 0.08, 0.92)
        )
    if "bridge" in places:
        places["bridge"] = 0.5
    if "castle" in places and stage.scene.has("cliff"):
        places["castle"] += 0.12 if focus > 0.5 else -0.12
    return places


def _watery(stage: Stage) -> float:
    return stage.scene.has("sea", "lake")


def _bands(stage: Stage) -> Iterator[tuple[Band, Field | None]]:
    """The land behind the water or the foreground, the farthest first, with its profile."""
    scene = stage.scene
    if scene.angle == "birds_eye" and not scene.has("sea"):
        yield BANDS["plain"], None
    if scene.has("mountains"):
        yield from _mountains(stage)
    elif scene.has("sea") and not scene.has("cliff", "city") and scene.rng("isle").random() < 0.5:
        yield BANDS["isles"], _massif(stage)
    if scene.has("desert"):
        yield BANDS["mesas"], _massif(stage)
        yield BANDS["far dunes"], None
    hilly = scene.has("hills", "meadow", "forest", "river", "street")
    if hilly or (_watery(stage) and scene.has("mountains")):
        yield replace(BANDS["far hills"], cover=_cover(stage)), None


def _mountains(stage: Stage) -> Iterator[tuple[Band, Field]]:
    """A range and the spurs before it, as high as the word is strong."""
    scene, peaks = stage.scene, _massif(stage)
    snow = 0.75 if scene.has("snow") or scene.season == "winter" else 0.34
    grow = scene.has("mountains") ** 0.6 * (0.45 if scene.angle == "birds_eye" else 1)
    for name, profile, share in (("range", peaks, 1.0), ("spurs", peaks[::-1], 0.5)):
        band = BANDS[name]
        yield replace(band, amplitude=band.amplitude * grow, snow=snow * share), profile


def _cover(stage: Stage) -> str:
    woods = stage.scene.has("forest", "lake") or stage.scene.rng("woods").random() < 0.5
    return "trees" if woods else "grass"


def _massif(stage: Stage) -> Field:
    """Where the range is high: one or two peaks away from the middle."""
    rng, scene = stage.scene.rng("massif"), stage.scene
    where = 0.5 if scene.symmetrical else 1 - scene.focus + rng.normal(0, 0.08)
    peak = np.exp(-(((stage.across - where) / rng.uniform(0.16, 0.3)) ** 2))
    second = np.exp(-(((stage.across - rng.random()) / 0.2) ** 2)) * rng.uniform(0.2, 0.7)
    rough = fbm(rng, (stage.width, 1), (5, 0), 3)[0] * 0.08
    if scene.symmetrical:
        second, rough = second * 0, (rough + rough[::-1]) / 2
    return (0.42 + 0.62 * np.maximum(peak, second) + rough).astype(np.float32)


def _backdrop(stage: Stage) -> Iterator[Element]:
    for band, profile in _bands(stage):
        layer = paint_band(stage, band, profile)
        if layer:
            yield layer


def _waters(stage: Stage) -> Iterator[Element]:
    scene = stage.scene
    if _watery(stage):
        line = max(scene.horizon, 0.02) + (0.0 if scene.has("sea") else 0.03)
        rough = (0.75 if scene.has("sea") else 0.18) * (1.5 if scene.has("storm") else 1)
        yield Overlay(Water(scene, stage.size, line, rough, deep_colour(stage)).draw)
    if scene.has("cliff"):
        side = float(np.sign(scene.focus - 0.5)) * 0.5 + 0.5
        band = BANDS["cliff"]
        layer = paint_band(
            stage, band, headland(stage, side, 0.62 if scene.has("castle") else 0.5), sink=True
        )
        if layer:
            yield layer


def _foreground(stage: Stage) -> Iterator[Element]:
    scene = stage.scene
    if _watery(stage):
        yield from _bank(stage)
        return
    if scene.has("desert"):
        bands = [BANDS["dunes"]]
    else:
        wooded = "trees" if scene.has("forest") else "grass"
        bands = [replace(BANDS["near hills"], cover=wooded), BANDS["meadow"]]
    for band in bands:
        layer = paint_band(stage, band)
        if layer:
            yield layer
    if scene.has("river"):
        mask = river_mask(stage, scene.horizon + 0.06)
        yield Overlay(
            Water(
                scene, stage.size, scene.horizon + 0.05, 0.2, deep_colour(stage), mask, depth=0.6
            ).draw
        )


def _bank(stage: Stage) -> Iterator[Element]:
    """The near shore: under those who stand by the water, else by seed, on one side or across."""
    scene = stage.scene
    afloat = {"boat", "bridge", "lighthouse", "castle"}
    standing = [name for name in subjects_of(scene) if name not in afloat]
    if not (standing or scene.has("forest", "meadow", "cliff") or scene.rng("bank").random() < 0.5):
        return
    side = scene.focus if standing else float(scene.rng("bank side").random())
    width = (0.6, 0.75, 1.7)[min(len(standing), 2)]
    layer = paint_band(stage, BANDS["bank"], headland(stage, round(side), width), sink=True)
    if layer:
        yield layer

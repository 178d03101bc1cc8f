"""A scene painted: its elements by kind, and frames composed of them."""

from collections.abc import Iterable, Iterator

from PIL import Image

from .abstract import paint_abstract
from .aerial import paint_aerial
from .figure import paint_portrait, paint_shoulder
from .noise import Size
from .outdoors import paint_outdoors
from .space import paint_space
from .stage import Element, Stage, View
from .still_life import paint_still_life

_PAINTERS = {
    "outdoor": paint_outdoors, "portrait": paint_portrait, "still_life": paint_still_life,
    "abstract": paint_abstract, "space": paint_space, "aerial": paint_aerial,
}  # fmt: skip


def paint(stage: Stage) -> Iterator[Element]:
    """The elements of the scene, back to front, each painted as it is asked for."""
    yield from _PAINTERS[stage.scene.kind](stage)
    if stage.scene.angle == "over_the_shoulder":
        yield from paint_shoulder(stage)


def compose(elements: Iterable[Element], view: View) -> Image.Image:
    """One frame of the elements as the camera sees them."""
    frame = Image.new("RGB", view.frame)
    for element in elements:
        element.draw(frame, view)
    return frame


def still(size: Size) -> View:
    """The camera of a picture: the whole stage, at rest."""
    return View(size, size)

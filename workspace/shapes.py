"""Which of the aspect ratios a size in pixels has, or is nearest to."""

from math import log

from generation.vocabulary import SDXL_SIZES, WAN_SIZES, AspectRatio

SHAPES = {AspectRatio.WIDE: 16 / 9, AspectRatio.SQUARE: 1.0, AspectRatio.TALL: 9 / 16}
# What the built-in models make; other models may have sizes of their own.
SIZES = {size: shape for sizes in (SDXL_SIZES, WAN_SIZES) for shape, size in sizes.items()}


def shape_of(width: int, height: int) -> str:
    """The aspect ratio by which this size is made here, else the nearest."""
    return SIZES.get((width, height)) or _nearest(width, height).value


def _nearest(width: int, height: int) -> AspectRatio:
    if width <= 0 or height <= 0:
        return AspectRatio.SQUARE
    # By logarithms twice as wide and twice as tall are equally far from a square.
    return min(SHAPES, key=lambda shape: abs(log(width / height / SHAPES[shape])))

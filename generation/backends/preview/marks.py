"""The marks that a style or texture leaves: dots, lines, paper, dirt, colour fringes."""

from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps

from .noise import Size, fbm, smoothstep
from .palette import colour
from .scene import Scene

Mark = Callable[[Image.Image], Image.Image]


def marks_for(scene: Scene, size: Size) -> list[Mark]:
    """The marks of the scene's first style and its texture, made for one frame size."""
    makers: dict[str, Callable[[Scene, Size], Mark]] = {
        "pop": _halftone, "hand_drawn": _drawn, "novel_2d": _cel, "grunge": _dirt, "y2k": _fringes,
        "vintage": _leak, "boost": _crisp, "dreamy": _soft,
    }  # fmt: skip
    marks = [makers[style](scene, size) for style in scene.styles[:1] if style in makers]
    texture = scene.controls.get("texture")
    if texture == "textured":
        marks.append(_canvas(scene, size))
    if texture == "smooth":
        marks.append(partial(_smoothed, radius=size[1] / 700))
    if scene.fine:
        marks.append(_clear(scene, size))
    return marks


def _level(field: np.ndarray) -> Image.Image:
    """A greyscale image of a field of 0 to 1."""
    return Image.fromarray(np.clip(field * 255, 0, 255).astype(np.uint8))


def _grey(field: np.ndarray) -> Image.Image:
    level = _level(field)
    return Image.merge("RGB", (level, level, level))


def _lines(frame: Image.Image, width: float, strength: float) -> Image.Image:
    """Dark lines on white where the picture has edges: a difference of blurs."""
    grey = frame.convert("L")
    fine = grey.filter(ImageFilter.GaussianBlur(width * 0.6))
    wide = grey.filter(ImageFilter.GaussianBlur(width * 2))
    edges = ImageChops.subtract(wide, fine)
    ink = edges.point([255 - int(min(255, max(0, value - 3) * strength)) for value in range(256)])
    return Image.merge("RGB", (ink, ink, ink))


def _steps(levels: int) -> list[int]:
    """A point table with soft steps."""
    place = np.arange(256) / 255 * levels
    base = np.floor(place)
    stepped = (base + smoothstep(0.42, 0.58, place - base)) / levels
    return [int(value) for value in np.clip(stepped * 255, 0, 255)] * 3


def _halftone(scene: Scene, size: Size) -> Mark:
    """Flat strong colours, a screen of dots in the darker parts, bold lines."""
    pitch = max(4.0, min(size) / 100)
    x = np.arange(size[0], dtype=np.float32)[None, :]
    y = np.arange(size[1], dtype=np.float32)[:, None]
    turn = 2 * np.pi / pitch / np.sqrt(2)
    screen = _level(0.5 + 0.25 * (np.cos((x + y) * turn) + np.cos((x - y) * turn)))
    hard = [int(min(255, max(0, (value - 96) * 9))) for value in range(256)]

    def mark(frame: Image.Image) -> Image.Image:
        flat = frame.filter(ImageFilter.GaussianBlur(min(size) / 260)).point(_steps(4))
        dots = ImageChops.add(flat.convert("L"), screen, 1, -70).point(hard)
        darker = ImageChops.multiply(flat, Image.new("RGB", flat.size, (150, 96, 170)))
        dotted = Image.composite(flat, darker, dots)
        return ImageChops.multiply(dotted, _lines(frame, min(size) / 420, 16))

    return mark


def _drawn(scene: Scene, size: Size) -> Mark:
    """Coloured wash and pencil on paper."""
    rng = scene.rng("paper")
    tooth = 0.95 + 0.022 * fbm(rng, size, (size[0] / 2.5, size[1] / 2.5), 1)
    hatch = 0.45 + 0.3 * fbm(rng, size, (size[0] / 90, size[1] / 3.5), 1)
    hatch = (
        np.asarray(_level(hatch).rotate(35, Image.Resampling.BILINEAR, fillcolor=128), np.float32)
        / 255
    )
    border = min(size) * 0.05
    x = np.minimum(np.arange(size[0]), np.arange(size[0])[::-1])[None, :]
    y = np.minimum(np.arange(size[1]), np.arange(size[1])[::-1])[:, None]
    ragged = np.minimum(x, y) + fbm(rng, size, (7, 7), 3, 0.4) * border * 0.3
    wash = _level(smoothstep(border * 0.25, border * 1.1, ragged))
    paper = Image.merge("RGB", [_level(tooth * tone) for tone in (1.0, 0.985, 0.945)])
    hatching = _level(hatch)

    def mark(frame: Image.Image) -> Image.Image:
        wet = frame.filter(ImageFilter.GaussianBlur(min(size) / 240)).point(_steps(9))
        wet = Image.blend(frame, wet, 0.6)
        shade = ImageOps.invert(frame.convert("L")).point(lambda v: max(0, v - 130) * 0.6)
        strokes = ImageOps.invert(ImageChops.multiply(shade, hatching))
        wet = ImageChops.multiply(wet, Image.merge("RGB", (strokes, strokes, strokes)))
        wet = ImageChops.multiply(wet, _lines(frame, min(size) / 620, 15))
        return ImageChops.multiply(
            Image.composite(wet, Image.new("RGB", size, "white"), wash), paper
        )

    return mark


def _cel(scene: Scene, size: Size) -> Mark:
    """Few flat tones and thin ink."""

    def mark(frame: Image.Image) -> Image.Image:
        smooth = frame.filter(ImageFilter.GaussianBlur(min(size) / 330)).point(_steps(6))
        flat = Image.blend(frame, smooth, 0.85)
        return ImageChops.multiply(flat, _lines(frame, min(size) / 520, 20))

    return mark


def _dirt(scene: Scene, size: Size) -> Mark:
    """Stains, scratches and worn corners."""
    rng = scene.rng("dirt")
    stain = smoothstep(-1.6, 0.4, fbm(rng, size, (5, 5), 8, 0.62))
    flecks = smoothstep(2.2, 1.7, fbm(rng, size, (70, 70), 3, 0.7))
    scratch = smoothstep(2.7, 2.2, fbm(rng, size, (size[0] / 3, 2), 1))
    multiply = _grey(0.55 + 0.45 * stain * flecks)
    add = _grey(
        (1 - scratch) * 0.35 + (1 - smoothstep(2.8, 2.2, fbm(rng, size, (50, 50), 4, 0.7))) * 0.4
    )
    return lambda frame: ImageChops.screen(ImageChops.multiply(frame, multiply), add)


def _fringes(scene: Scene, size: Size) -> Mark:
    """Colour channels apart, as in early digital cameras, and a sheen of pink and cyan."""
    step = max(1, round(min(size) / 190))
    x = np.linspace(0, 1, size[0], dtype=np.float32)[None, :, None]
    y = np.linspace(0, 1, size[1], dtype=np.float32)[:, None, None]
    place = np.clip((x + y) / 2, 0, 1)
    sheen = (colour("ff4fd8") * (1 - place) + colour("39d5ff") * place) * 0.18
    light = Image.fromarray((sheen * 255).astype(np.uint8))

    def mark(frame: Image.Image) -> Image.Image:
        red, green, blue = frame.split()
        apart = (ImageChops.offset(red, step, 0), green, ImageChops.offset(blue, -step, 0))
        return ImageChops.screen(Image.merge("RGB", apart), light)

    return mark


def _leak(scene: Scene, size: Size) -> Mark:
    """Light that leaked onto the film from one side."""
    side = 1.0 if scene.rng("leak").random() < 0.5 else 0.0
    x = np.linspace(0, 1, size[0], dtype=np.float32)[None, :]
    wave = fbm(scene.rng("leak"), (1, size[1]), (0, 2), 2)[:, :1] * 0.06
    strength = np.exp(-np.abs(x - side) / (0.13 + wave.clip(-0.06, 0.1)))[..., None] * 0.5
    light = Image.fromarray((strength * colour("ff8a3c") * 255).astype(np.uint8))
    return lambda frame: ImageChops.screen(frame, light)


def _crisp(scene: Scene, size: Size) -> Mark:
    return lambda frame: frame.filter(ImageFilter.UnsharpMask(min(size) / 70, 45, 2))


def _soft(scene: Scene, size: Size) -> Mark:
    return lambda frame: Image.blend(
        frame, frame.filter(ImageFilter.GaussianBlur(min(size) / 80)), 0.38
    )


def _clear(scene: Scene, size: Size) -> Mark:
    return lambda frame: frame.filter(ImageFilter.UnsharpMask(max(0.8, min(size) / 900), 45, 2))


def _canvas(scene: Scene, size: Size) -> Mark:
    """The weave of a canvas under paint."""
    rng = scene.rng("canvas")
    warp = fbm(rng, size, (size[0] / 3.2, size[1] / 22), 1)
    weft = fbm(rng, size, (size[0] / 22, size[1] / 3.2), 1)
    weave = _grey(0.88 + 0.075 * np.maximum(warp, weft))
    return lambda frame: ImageChops.multiply(frame, weave)


def _smoothed(frame: Image.Image, radius: float) -> Image.Image:
    return frame.filter(ImageFilter.GaussianBlur(max(0.6, radius)))

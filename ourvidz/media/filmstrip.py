"""A clip as one picture of small frames, to look through it without playing it."""

import io
from collections.abc import Iterator
from pathlib import Path

import av
from PIL import Image

from ourvidz.media.probe import MediaError

SIDE = 9  # frames in a row and in a column
CELL_EDGE = 192  # pixels of a frame's longer side


def filmstrip(path: Path) -> bytes:
    """WebP of SIDE x SIDE frames in reading order, evenly over the clip at `path`.

    A clip of fewer frames shows some of them more than once. MediaError if it has none that
    can be read.
    """
    try:
        with av.open(path, format="mp4") as container:
            count = container.streams.video[0].frames
            cells = list(_cells(container, count))
    except (av.FFmpegError, IndexError) as error:
        raise MediaError(f"{path.name} is not a whole clip: {error}") from error
    if not cells:
        raise MediaError(f"{path.name} has no frame that can be read")
    return _webp(_sheet(cells))


def _cells(container, count: int) -> Iterator[Image.Image]:
    """The frame of each cell, decoded once and in order."""
    wanted = [cell * count // (SIDE * SIDE) for cell in range(SIDE * SIDE)]
    for number, frame in enumerate(container.decode(video=0)):
        for _ in range(wanted.count(number)):
            image = frame.to_image(width=frame.width // 2, height=frame.height // 2)
            image = image.rotate(frame.rotation, expand=True)
            image.thumbnail((CELL_EDGE, CELL_EDGE))
            yield image


def _sheet(cells: list[Image.Image]) -> Image.Image:
    width, height = cells[0].size
    sheet = Image.new("RGB", (SIDE * width, SIDE * height))
    for cell in range(SIDE * SIDE):
        row, column = divmod(cell, SIDE)
        sheet.paste(cells[min(cell, len(cells) - 1)], (column * width, row * height))
    return sheet


def _webp(sheet: Image.Image) -> bytes:
    file = io.BytesIO()
    sheet.save(file, "WEBP", quality=60, method=2)
    return file.getvalue()

"""A clip as one picture of small frames."""

import io
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from ourvidz.media import encode
from ourvidz.media.filmstrip import SIDE, filmstrip
from ourvidz.media.probe import MediaError


def sheet_of(tmp_path, frames: int, size=(128, 72)) -> Image.Image:
    """The filmstrip of a clip that goes evenly from black to a light grey."""
    path = tmp_path / "clip.mp4"
    greys = (
        np.full((size[1], size[0], 3), round(240 * number / max(1, frames - 1)), np.uint8)
        for number in range(frames)
    )
    encode.write_mp4(greys, path, Fraction(25), size, {})
    return Image.open(io.BytesIO(filmstrip(path)))


def cells(sheet: Image.Image) -> list[float]:
    """The mean grey of each cell, in reading order."""
    width, height = sheet.width // SIDE, sheet.height // SIDE
    pixels = np.asarray(sheet.convert("L"), dtype=float)
    grid = pixels.reshape(SIDE, height, SIDE, width).mean(axis=(1, 3))
    return list(grid.ravel())


@pytest.mark.parametrize("frames", [83, 166])
def test_frames_are_spread_evenly_over_the_clip(tmp_path, frames):
    sheet = sheet_of(tmp_path, frames)
    assert sheet.size == (SIDE * 64, SIDE * 36)
    greys = cells(sheet)
    assert greys == sorted(greys)
    assert greys[0] < 8
    assert abs(greys[SIDE * SIDE // 2] - 120) < 8
    assert greys[-1] > 232


def test_a_short_clip_fills_the_sheet(tmp_path):
    greys = cells(sheet_of(tmp_path, 3))
    assert greys[0] < 8
    assert 110 < greys[40] < 130
    assert greys[-1] > 232


def test_what_is_no_clip_is_refused(tmp_path):
    path = tmp_path / "no.mp4"
    path.write_bytes(b"not a clip at all")
    with pytest.raises(MediaError):
        filmstrip(path)

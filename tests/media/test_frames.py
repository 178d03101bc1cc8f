"""Frames out of a clip."""

from fractions import Fraction

import numpy as np
import pytest

from ourvidz.media import encode, frames
from ourvidz.media.probe import MediaError

RATE = Fraction(50, 3)
COUNT = 30


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Frame i is a grey of 8 i."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    greys = (np.full((64, 96, 3), 8 * number, np.uint8) for number in range(COUNT))
    encode.write_mp4(greys, path, RATE, (96, 64), {})
    return path


def number_of(image) -> int:
    """The frame's number, read from its grey."""
    return round(np.asarray(image).mean() / 8)


@pytest.mark.parametrize("number", [0, 1, 7, 16, COUNT - 1])
def test_the_frame_shown_at_a_time_is_the_exact_one(clip, number):
    begins = float(number / RATE)
    for seconds in (begins, begins + 0.01, begins + 0.059):
        image = frames.frame_at(clip, seconds)
        assert image.size == (96, 64)
        assert number_of(image) == number


def test_beyond_the_end_it_is_the_last(clip):
    assert number_of(frames.frame_at(clip, 999)) == COUNT - 1


def test_what_is_no_clip_is_refused(tmp_path):
    path = tmp_path / "no.mp4"
    path.write_bytes(b"not a clip at all")
    with pytest.raises(MediaError):
        frames.frame_at(path, 0)

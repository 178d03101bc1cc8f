"""The preview backend's clips: as many frames as asked for, all moving, made as they are taken."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageOps

from generation.backends.base import Cancelled
from generation.backends.preview import PreviewBackend
from tests.generation.preview_tasks import Recorder, distance, make_task, reference

RATE = Fraction(50, 3)


def make_clip(prompt="boat on a lake, mountains", recorder=None, **changes):
    fields = {"size": (192, 112), "mode": "video", "model": "wan", "frames": 12, **changes}
    task = make_task(prompt, frames_per_second=RATE, **fields)
    (clip,) = PreviewBackend().render(task, recorder or Recorder())
    return clip


def frames_of(prompt="boat on a lake, mountains", **changes) -> list[np.ndarray]:
    return list(make_clip(prompt, **changes).frames)


def test_a_clip_has_the_frames_size_and_rate_asked_for():
    clip = make_clip(seed=9)
    frames = list(clip.frames)
    assert len(frames) == 12
    assert {(frame.shape, frame.dtype.name) for frame in frames} == {((112, 192, 3), "uint8")}
    assert (clip.index, clip.seed, clip.frames_per_second) == (0, 9, RATE)


@pytest.mark.parametrize(
    "prompt",
    [
        "boat on a lake, mountains",
        "neon city street in the rain",
        "forest in the snow",
        "portrait of a woman",
        "still life with flowers",
        "abstract flow",
        "planet and nebula",
    ],
)
def test_every_frame_differs_from_the_one_before(prompt):
    frames = frames_of(prompt, frames=6)
    assert min(distance(a, b) for a, b in pairwise(frames)) > 0.3
    assert distance(frames[0], frames[-1]) > 1


def test_the_same_clip_twice_has_the_same_pixels():
    first, second = frames_of(frames=3), frames_of(frames=3)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_more_motion_moves_the_picture_further():
    still, gentle, strong = (
        distance(frames[0], frames[-1])
        for frames in (frames_of(motion=motion, frames=24) for motion in (0.0, 0.4, 1.0))
    )
    assert still < gentle < strong


def test_frames_are_made_as_they_are_taken():
    recorder = Recorder()
    frames = iter(make_clip(recorder=recorder).frames)
    assert recorder.steps == []
    next(frames)
    assert 0 < len(recorder.steps_of(0)) < 15
    assert recorder.saved == []


def test_steps_run_over_the_frames_and_end_at_the_last():
    recorder = Recorder()
    list(make_clip(recorder=recorder, steps=25).frames)
    assert recorder.steps_of(0) == list(range(1, 26))
    assert recorder.saved == [0]
    assert all(max(preview.size) <= 128 for *_, preview in recorder.steps)


def test_cancelling_ends_a_clip_within_the_step():
    recorder = Recorder(cancel_at=9)
    clip = make_clip(recorder=recorder)
    with pytest.raises(Cancelled):
        list(clip.frames)
    assert recorder.steps_of(0)[-1] == 9


@pytest.mark.parametrize("roles", [("start",), ("end",), ("start", "end")])
def test_a_clip_begins_and_ends_on_its_pictures(roles, tmp_path):
    given = tuple(reference(tmp_path / f"{role}.png", role=role) for role in roles)
    frames = frames_of(references=given, frames=16)
    aim = ImageOps.fit(Image.open(tmp_path / f"{roles[0]}.png").convert("RGB"), (192, 112))
    if "start" in roles:
        assert distance(frames[0], aim) < 3
        assert distance(frames[8], aim) > 10
    if "end" in roles:
        assert distance(frames[-1], aim) < 3
        assert distance(frames[7], aim) > 10


def test_the_way_from_the_start_picture_is_a_movement_not_a_cut(tmp_path):
    given = (reference(tmp_path / "start.png", role="start"),)
    frames = frames_of(references=given, frames=24)
    steps = [distance(a, b) for a, b in pairwise(frames)]
    assert min(steps) > 0.2
    assert max(steps) < distance(frames[0], frames[-1]) * 0.5

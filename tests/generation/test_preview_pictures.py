"""The preview backend's pictures: the same task, the same pixels; every control shows."""

import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generation import vocabulary
from generation.backends.base import Backend, Cancelled, RenderTask
from generation.backends.preview import PreviewBackend
from tests.generation.preview_tasks import Recorder, distance, make_task, picture

CONTROLS = {
    "shot_type": vocabulary.ShotType,
    "camera_angle": vocabulary.CameraAngle,
    "style": vocabulary.Style,
    "lighting": vocabulary.Lighting,
    "composition": vocabulary.Composition,
    "colour_grading": vocabulary.ColourGrading,
    "texture": vocabulary.Texture,
}
PLAIN = {
    "shot_type": "wide",
    "camera_angle": "none",
    "style": "none",
    "lighting": "none",
    "composition": "none",
    "colour_grading": "none",
    "texture": "none",
}
PROMPTS = (
    "a lighthouse on a cliff by the sea at dusk",
    "woman walking in a neon city in the rain",
    "portrait of a man in the forest",
    "still life with a vase of flowers and fruit",
    "abstract flow of colour",
    "a planet in a nebula",
    "a bridge over a river in fog",
    "castle and mountains under the stars, snow",
    "a car in the desert, birds, a cat, a dog, a horse, a deer and a tree",
    "xyzzy plugh",
    "",
)


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("size", [(192, 108), (64, 64), (108, 192)])
def test_every_kind_of_prompt_makes_a_picture_of_the_size_asked_for(prompt, size):
    image = picture(make_task(prompt, size=size))
    assert (image.size, image.mode) == (size, "RGB")
    assert np.asarray(image).std() > 8


def test_the_same_task_makes_the_same_pixels():
    task = make_task("a boat on a lake, mountains, birds")
    assert picture(task).tobytes() == picture(task).tobytes()


def test_another_process_makes_the_same_pixels_too():
    code = (
        "import hashlib\n"
        "from tests.generation.preview_tasks import make_task, picture\n"
        "image = picture(make_task('a castle by the sea, a dog, birds, rain'))\n"
        "print(hashlib.sha256(image.tobytes()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_output_i_is_that_of_the_seed_plus_i():
    outputs = list(PreviewBackend().render(make_task(seed=40, indices=(0, 2)), Recorder()))
    assert [(output.index, output.seed) for output in outputs] == [(0, 40), (2, 42)]
    assert outputs[1].image.tobytes() == picture(make_task(seed=42)).tobytes()


def test_seeds_make_different_compositions():
    images = [picture(make_task(seed=seed)) for seed in range(4)]
    assert min(distance(a, b) for a, b in pairwise(images)) > 8


@pytest.mark.parametrize(
    ("control", "value"),
    [
        (control, value)
        for control, values in CONTROLS.items()
        for value in values.values
        if value != PLAIN[control]
    ],
)
def test_each_value_of_each_control_shows(control, value):
    task = make_task("a castle in the hills at dawn", controls=PLAIN)
    changed = replace(task, controls={**PLAIN, control: value})
    assert distance(picture(task), picture(changed)) > 1.5


@pytest.mark.parametrize("control", CONTROLS)
def test_the_values_of_a_control_differ_from_each_other(control):
    task = make_task("a castle in the hills at dawn", controls=PLAIN)
    images = [
        picture(replace(task, controls={**PLAIN, control: value}))
        for value in CONTROLS[control].values
    ]
    pairs = [(a, b) for i, a in enumerate(images) for b in images[:i]]
    assert min(distance(a, b) for a, b in pairs) > 0.8


@pytest.mark.parametrize(
    "change",
    [
        {"guidance": 15.0},
        {"steps": 40},
        {"quality": "high"},
        {"negative_prompt": "castle"},
        {"term_weights": {"castle": 2.0}},
        {"prompt": "a castle in the hills at night"},
        {"prompt": "a castle in the hills at dawn in the rain"},
        {"prompt": "a castle in the hills in autumn at dawn"},
        {"prompt": "a red castle in the hills at dawn"},
        {"prompt": "a castle in the hills at dawn, melancholy"},
    ],
)
def test_every_other_setting_shows(change):
    task = make_task("a castle in the hills at dawn")
    assert distance(picture(task), picture(replace(task, **change))) > 0.4


def test_a_closer_shot_makes_the_subject_larger():
    def covered(shot: str) -> float:
        controls = {**PLAIN, "shot_type": shot}
        with_cat = make_task("a black cat, meadow, noon", controls=controls)
        without = replace(with_cat, negative_prompt="cat")
        difference = np.abs(
            np.asarray(picture(with_cat), np.int16) - np.asarray(picture(without), np.int16)
        )
        return float((difference.max(axis=2) > 24).mean())

    wide, medium, close = (covered(shot) for shot in ("wide", "medium", "close"))
    assert wide < medium < close


def test_a_weighted_term_grows_and_shrinks_its_element():
    task = make_task("a house in a meadow at noon", controls=PLAIN)
    weights = (0.5, 1.0, 2.0)
    images = [picture(replace(task, term_weights={"house": weight})) for weight in weights]
    none = picture(replace(task, negative_prompt="house"))
    covered = [distance(image, none) for image in images]
    assert covered == sorted(covered)
    assert covered[0] < covered[2]


def test_a_pictures_steps_rise_one_by_one_and_end_at_the_last():
    recorder = Recorder()
    list(PreviewBackend().render(make_task(steps=15, indices=(0, 1)), recorder))
    for index in (0, 1):
        assert recorder.steps_of(index) == list(range(1, 16))
    assert recorder.saved == [0, 1]


def test_previews_are_small_and_come_closer_to_the_picture():
    recorder = Recorder()
    task = make_task(size=(320, 192), steps=15)
    (output,) = PreviewBackend().render(task, recorder)
    previews = [preview for *_, preview in recorder.steps]
    assert {max(preview.size) for preview in previews} == {128}
    small = output.image.resize(previews[0].size, Image.Resampling.BOX)
    far = [distance(preview, small) for preview in previews]
    assert far[0] > far[7] > far[-2] > far[-1] - 0.01
    assert far[-1] < 1


def test_cancelling_ends_within_the_step():
    recorder = Recorder(cancel_at=3)
    with pytest.raises(Cancelled):
        list(PreviewBackend().render(make_task(), recorder))
    assert recorder.steps_of(0) == [1, 2, 3]


def test_it_is_a_backend_that_says_it_is_a_preview():
    backend: Backend = PreviewBackend()
    recorder = Recorder()
    backend.load("sdxl", recorder)
    backend.unload()
    assert (backend.name, backend.is_preview, recorder.loads) == ("preview", True, 1)


def test_the_estimate_grows_with_the_work():
    def seconds(task: RenderTask) -> float:
        return PreviewBackend().estimate(task)

    small, large = make_task(size=(192, 192)), make_task(size=(1024, 1024))
    clip = make_task(size=(832, 480), mode="video", frames=83)
    assert 0 < seconds(small) < seconds(large) < seconds(clip)
    assert seconds(make_task(indices=(0, 1, 2))) == pytest.approx(3 * seconds(make_task()))

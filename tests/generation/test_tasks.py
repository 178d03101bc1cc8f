"""Every control of a job reaches the backend's task."""

from fractions import Fraction

import pytest

from generation.backends import registry
from generation.catalogue import find
from generation.tasks import build_task
from generation.vocabulary import JOB_TYPES
from tests.factories import make_job

pytestmark = pytest.mark.django_db
CONTROLS = {
    "shot_type": "close",
    "camera_angle": "low_angle",
    "style": "grunge",
    "style_text": "ink wash",
    "lighting": "studio",
    "composition": "golden_ratio",
    "colour_grading": "cool",
    "texture": "glossy",
}


def test_an_image_job(creator):
    settings = {"prompt": "a red barn", "steps": 31, "guidance": 4.5, **CONTROLS}
    settings["term_weights"] = {"barn": 1.5}
    job = make_job(creator, settings=settings, seed=7, negative_prompt="fog", prompt="a red barn")
    task = build_task(job, [0, 2], [])
    assert (task.model, task.mode, task.quality) == ("sdxl", "image", "fast")
    assert (task.prompt, task.original_prompt) == ("a red barn", "a red barn")
    assert (task.negative_prompt, task.seed, task.indices) == ("fog", 7, (0, 2))
    assert (task.width, task.height, task.frames) == (1024, 576, 1)
    assert (task.steps, task.guidance) == (31, 4.5)
    assert task.controls == CONTROLS
    assert task.term_weights == {"barn": 1.5}


@pytest.mark.parametrize(("seconds", "frames"), [(5, 83), (10, 166)])
def test_a_video_job(creator, seconds, frames):
    settings = {"prompt": "x", "mode": "video", "length_seconds": seconds, "motion": 0.0}
    job = make_job(creator, job_type="video_fast", settings=settings)
    task = build_task(job, [0], [])
    assert (task.frames, task.frames_per_second, task.motion) == (frames, Fraction(50, 3), 0.0)
    assert (task.steps, task.guidance) == (
        JOB_TYPES["video_fast"].steps,
        JOB_TYPES["video_fast"].guidance,
    )


def test_a_lane_keeps_its_backend(settings):
    settings.BACKENDS = {"wan": {"BACKEND": "tests.generation.fake_backends.FakeBackend"}}
    wan = find("wan")
    backend = registry.backend_for(wan)
    again = registry.backend_for(wan)
    registry.forget()
    assert backend.name == "fake"
    assert again is backend

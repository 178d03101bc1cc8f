"""What controls can be got back from settings that were kept or found, and what is said."""

import uuid

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from generation.references import reference_from_upload
from generation.requests import GenerationRequest, validate
from generation.submission import submit
from tests.factories import picture_bytes
from tests.workspace.uploads import upload
from workspace.recalling import recall, settings_in_file
from workspace.shapes import shape_of

pytestmark = pytest.mark.django_db

FULL = {
    "prompt": "a boat at golden hour",
    "negative_prompt": "fog",
    "mode": "image",
    "model": "sdxl",
    "quality": "high",
    "batch_size": 6,
    "aspect_ratio": "9:16",
    "steps": 30,
    "guidance": 9.5,
    "seed": 77,
    "seed_locked": True,
    "shot_type": "close",
    "camera_angle": "low_angle",
    "style": "pop",
    "style_text": "ink wash",
    "lighting": "studio",
    "composition": "dynamic",
    "colour_grading": "warm",
    "texture": "glossy",
    "enhancement": "base",
    "term_weights": {"golden hour": 1.3},
}


def test_every_control_of_a_job_comes_back(creator):
    job = submit(creator, validate(FULL))
    recalled = recall(creator, job.settings)
    assert recalled.missing == []
    assert recalled.controls.items() >= FULL.items()
    names = GenerationRequest.model_fields.keys() - recalled.controls.keys()
    assert names == {
        "enhancement_only",
        "reference",
        "style_reference",
        "start_reference",
        "end_reference",
    }


def test_a_clip_comes_back_with_its_own_controls(creator):
    clip = {"prompt": "waves", "mode": "video", "length_seconds": 10, "motion": 0.8}
    recalled = recall(creator, submit(creator, validate(clip)).settings)
    assert recalled.missing == []
    assert recalled.controls.items() >= {**clip, "model": "wan"}.items()


def test_references_come_back_with_kind_and_strength(creator):
    reference = reference_from_upload(creator, upload(picture_bytes()), "me.png")
    source = {"upload_id": str(reference.pk), "kind": "character", "strength": 0.8}
    job = submit(creator, validate({"prompt": "a boat", "reference": source}))
    recalled = recall(creator, job.settings)
    found = recalled.references["reference"]
    assert (found["kind"], found["strength"], found["source"]) == ("character", 0.8, "me.png")
    assert found["thumbnail"].startswith("/media/reference-images/")


def test_a_strangers_reference_is_as_gone_as_none(creator, stranger):
    theirs = reference_from_upload(stranger, upload(picture_bytes()), "them.png")
    for pk in (theirs.pk, uuid.uuid4()):
        recalled = recall(creator, {"prompt": "a boat", "reference": {"upload_id": str(pk)}})
        assert recalled.references == {}
        assert recalled.missing == ["Reference: the picture is gone; add it again."]


@pytest.mark.parametrize(
    ("found", "kept", "words"),
    [
        ({"sampler": "euler"}, {}, "sampler: this studio has no such control."),
        ({"steps": 500}, {}, "Steps: Use a whole number from 10 to 50."),
        ({"style": "baroque"}, {}, "Style: Choose one of"),
        ({"model": "sdxl", "mode": "video"}, {"mode": "video"}, "Model: SDXL makes images only"),
        (
            {"prompt": "a boat", "term_weights": {"boat": 1.2, "ship": 1.5}},
            {"prompt": "a boat", "term_weights": {"boat": 1.2}},
            "Term weights: Use words that stand in the prompt.",
        ),
        ({"reference": "a picture"}, {}, "Reference: the picture is gone"),
        ({"steps": 20, "seed": -1}, {"steps": 20}, "Seed: Use a whole number from 0"),
    ],
)
def test_what_an_older_version_knew_is_left_out_and_said(creator, found, kept, words):
    recalled = recall(creator, found)
    assert recalled.controls == kept
    assert len(recalled.missing) == 1
    assert recalled.missing[0].startswith(words)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
names = st.sampled_from(sorted(GenerationRequest.model_fields)) | st.text(max_size=12)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(found=st.dictionaries(names, json_values, max_size=6))
def test_whatever_was_kept_what_comes_back_is_valid(creator, found):
    recalled = recall(creator, found)
    validate({"prompt": "x", **recalled.controls})


def test_our_own_file_gives_all_that_it_tells():
    parameters = {
        "app": "OurVidz",
        "prompt": "a boat, wide shot",
        "original_prompt": "a boat",
        "seed": 5,
        "steps": 15,
        "guidance": 6.0,
        "model": "sdxl",
        "mode": "image",
        "quality": "fast",
        "size": "576x1024",
        "controls": {"style": "pop", "lighting": "none"},
        "term_weights": {"boat": 1.2},
        "backend": "preview",
    }
    settings, missing = settings_in_file(parameters)
    assert missing == []
    assert settings["prompt"] == "a boat"
    assert (settings["aspect_ratio"], settings["style"]) == ("9:16", "pop")
    assert settings["term_weights"] == {"boat": 1.2}


def test_another_tools_file_gives_what_we_have_too():
    settings, missing = settings_in_file(
        {
            "prompt": "a castle",
            "negative_prompt": "",
            "steps": 28,
            "guidance": 7,
            "seed": 9,
            "model": "dreamshaper_8",
            "width": 512,
            "height": 768,
        }
    )
    assert settings == {
        "prompt": "a castle",
        "steps": 28,
        "guidance": 7,
        "seed": 9,
        "aspect_ratio": "9:16",
    }
    assert missing == [
        "Model: this studio has no dreamshaper_8.",
        "Size 512 by 768: 9:16 is the nearest.",
    ]


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [(1024, 576, "16:9"), (1, 1, "1:1"), (1024, 1152, "1:1"), (512, 768, "9:16"), (0, 5, "1:1")],
)
def test_the_nearest_shape(width, height, shape):
    assert shape_of(width, height) == shape

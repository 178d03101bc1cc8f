"""One validation for page and API: defaults, every wrong field, and what does not go together."""

import json

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation.controls import LANE_CONTROLS, controls_of
from generation.requests import GenerationRequest, RequestError, from_form, validate

pytestmark = pytest.mark.django_db
ANY_ID = "00000000-0000-4000-8000-000000000000"


def errors_of(**data) -> dict:
    with pytest.raises(RequestError) as refusal:
        validate({"prompt": "a boat at dawn", **data})
    return refusal.value.errors


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, ("sdxl", "sdxl_image_fast", 15, 6.0, 3, (1024, 576), 1)),
        ({"quality": "high"}, ("sdxl", "sdxl_image_high", 25, 7.5, 3, (1024, 576), 1)),
        ({"aspect_ratio": "9:16"}, ("sdxl", "sdxl_image_fast", 15, 6.0, 3, (576, 1024), 1)),
        ({"model": "wan"}, ("wan", "image_fast", 25, 6.5, 3, (832, 480), 1)),
        ({"mode": "video"}, ("wan", "video_fast", 25, 6.5, 1, (832, 480), 83)),
        (
            {"mode": "video", "quality": "high", "aspect_ratio": "1:1", "length_seconds": 10},
            ("wan", "video_high", 50, 7.5, 1, (640, 640), 166),
        ),
        (
            {"mode": "video", "enhancement": "instruct"},
            ("wan", "video7b_fast_enhanced", 25, 6.5, 1, (832, 480), 83),
        ),
        (
            {"model": "wan", "quality": "high", "enhancement": "base"},
            ("wan", "image7b_high_enhanced", 50, 7.5, 3, (832, 480), 1),
        ),
        ({"enhancement_only": True}, ("sdxl", "enhancement", 15, 6.0, 3, (1024, 576), 1)),
    ],
)
def test_defaults_come_from_the_job_type(data, expected):
    request = validate({"prompt": "a boat", **data})

    assert expected == (
        request.model,
        request.job_type.name,
        request.steps,
        request.guidance,
        request.batch_size,
        request.size,
        request.frames,
    )


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("prompt", "", "Write a prompt"),
        ("prompt", "   \n", "Write a prompt"),
        ("prompt", " , ,", "Write a prompt"),
        ("prompt", "x" * 10_000, "at most 4,000 characters"),
        ("prompt", "a\0b", "NUL"),
        ("prompt", "a\ud800", "Unicode"),
        ("prompt", 3, "Write a prompt"),
        ("negative_prompt", "x" * 10_000, "at most 4,000 characters"),
        ("negative_prompt", "\0", "NUL"),
        ("style_text", "x" * 301, "at most 300 characters"),
        ("mode", "film", "image, video"),
        ("model", "dalle", "sdxl, wan"),
        ("model", [], "sdxl, wan"),
        ("quality", "best", "fast, high"),
        ("batch_size", 7, "1, 3 or 6"),
        ("batch_size", 2, "1, 3 or 6"),
        ("aspect_ratio", "3:2", "16:9, 1:1, 9:16"),
        ("steps", 9, "10 to 50"),
        ("steps", 51, "10 to 50"),
        ("steps", 12.5, "10 to 50"),
        ("steps", "many", "10 to 50"),
        ("guidance", 0.5, "1 to 20"),
        ("guidance", 20.5, "1 to 20"),
        ("guidance", 7.3, "steps of 0.5"),
        ("guidance", float("nan"), "1 to 20"),
        ("seed", -1, "0 to 2147483647"),
        ("seed", 2_147_483_648, "0 to 2147483647"),
        ("seed", 1.5, "0 to 2147483647"),
        ("seed_locked", "perhaps", "true or false"),
        ("shot_type", "far", "wide, medium, close"),
        ("camera_angle", "dutch", "overhead"),
        ("style", "baroque", "cinematic"),
        ("lighting", "neon", "studio"),
        ("composition", "random", "dynamic"),
        ("colour_grading", "sepia", "warm"),
        ("texture", "wet", "glossy"),
        ("content_mode", "all", "sfw, nsfw"),
        ("enhancement", "magic", "none, base, instruct"),
        ("enhancement_only", "later", "true or false"),
        ("reference", "http://example.com/a.png", "url, asset_id or upload_id"),
        ("reference", {}, "exactly one"),
        ("reference", {"asset_id": ANY_ID, "upload_id": ANY_ID}, "exactly one"),
        ("term_weights", ["boat"], "weights"),
        ("owner", 1, "no such setting"),
        ("status", "completed", "no such setting"),
    ],
)
def test_a_wrong_value_is_named_with_the_remedy(field, value, says):
    errors = errors_of(**{field: value})

    assert list(errors) == [field]
    assert says in errors[field][0]


@pytest.mark.parametrize(
    ("name", "part", "value", "says"),
    [
        ("reference", "url", "ftp://example.com/a.png", "http"),
        ("reference", "url", "javascript:alert(1)", "http"),
        ("reference", "url", "https://example.com/" + "a" * 2000, "at most 2,000"),
        ("reference", "asset_id", "7", "one of your assets"),
        ("reference", "upload_id", "7", "upload_id"),
        ("style_reference", "bucket", "user-library", "no such setting"),
    ],
)
def test_a_wrong_part_of_a_reference_is_named(name, part, value, says):
    assert says in errors_of(**{name: {part: value}})[f"{name}.{part}"][0]


@pytest.mark.parametrize("strength", [0.05, 0.12, 0.92, 1, float("inf"), "strong"])
def test_strength_out_of_its_steps(strength):
    errors = errors_of(reference={"asset_id": ANY_ID, "strength": strength})

    assert errors.keys() == {"reference.strength"}


@pytest.mark.parametrize("strength", [0.1, 0.15, 0.3, 0.55, 0.9, 0.95, "0.7"])
def test_strength_in_steps_and_of_the_copy_preset(strength):
    request = validate(
        {"prompt": "a boat", "reference": {"asset_id": ANY_ID, "strength": strength}}
    )

    assert request.reference.strength == float(strength)


def test_every_wrong_field_is_named_at_once():
    errors = errors_of(
        prompt=" ",
        mode="video",
        model="sdxl",
        batch_size=7,
        aspect_ratio="3:2",
        seed=-1,
        reference={"asset_id": "x", "kind": "y", "strength": 3},
        hacked=True,
    )

    assert errors.keys() == {
        "prompt",
        "model",
        "batch_size",
        "aspect_ratio",
        "seed",
        "reference.asset_id",
        "reference.kind",
        "reference.strength",
        "hacked",
    }


def test_sdxl_makes_no_video_and_says_what_to_choose():
    assert errors_of(mode="video", model="sdxl") == {
        "model": ["SDXL makes images only. Choose a model for video, or image as the mode."]
    }


@pytest.mark.parametrize(
    ("lane", "name", "value"),
    [
        ({}, "start_reference", {"asset_id": ANY_ID}),
        ({}, "end_reference", {"asset_id": ANY_ID}),
        ({}, "length_seconds", 10),
        ({}, "motion", 0.9),
        ({"model": "wan"}, "motion", 0.9),
        ({"model": "wan"}, "term_weights", {"boat": 1.2}),
        ({"mode": "video"}, "reference", {"asset_id": ANY_ID}),
        ({"mode": "video"}, "style_reference", {"asset_id": ANY_ID}),
        ({"mode": "video"}, "batch_size", 3),
        ({"mode": "video"}, "term_weights", {"boat": 1.2}),
    ],
)
def test_a_control_that_the_lane_cannot_honour_is_refused(lane, name, value):
    assert errors_of(**lane, **{name: value}).keys() == {name}


@pytest.mark.parametrize(
    ("lane", "defaults"),
    [
        ({}, {"length_seconds": "5", "motion": 0.5, "start_reference": None}),
        ({"mode": "video"}, {"batch_size": "1", "term_weights": {}, "reference": None}),
    ],
)
def test_such_a_control_at_its_default_is_fine(lane, defaults):
    assert validate({"prompt": "a boat", **lane, **defaults})


def test_the_table_of_controls_knows_every_field():
    assert frozenset.union(*LANE_CONTROLS.values()) == GenerationRequest.model_fields.keys()
    assert controls_of("sdxl", "video") is None


def test_only_the_plain_reference_has_a_choice_of_kinds():
    style = {"asset_id": ANY_ID, "kind": "character"}

    assert errors_of(style_reference=style).keys() == {"style_reference.kind"}
    assert validate({"prompt": "a", "style_reference": {**style, "kind": "style"}})


def test_weighted_terms_stand_in_the_prompt():
    errors = errors_of(term_weights={"Boat": 1.3, "at dawn": 0.5, "oat": 1, "ship": 1, "": 1})

    assert errors.keys() == {"term_weights.oat", "term_weights.ship", "term_weights."}


@pytest.mark.parametrize("weight", [0.4, 2.1, "heavy", None])
def test_a_weight_out_of_range(weight):
    assert "0.5 to 2.0" in errors_of(term_weights={"boat": weight})["term_weights.boat"][0]


def test_at_most_six_weighted_terms():
    prompt = "one two three four five six seven"
    weights = dict.fromkeys(prompt.split(), 1.1)

    assert "at most 6" in errors_of(prompt=prompt, term_weights=weights)["term_weights"][0]


def test_null_means_left_out():
    assert validate({"prompt": "a", "steps": None, "style": None}) == validate({"prompt": "a"})


@pytest.mark.parametrize("data", [None, [], "a boat", 3])
def test_what_is_no_object_is_named_body(data):
    with pytest.raises(RequestError) as refusal:
        validate(data)

    assert refusal.value.errors.keys() == {"body"}


def test_a_form_nests_dotted_names_and_drops_blanks():
    post = QueryDict(
        "csrfmiddlewaretoken=x&prompt=a+boat&steps=&seed=7&seed_locked=on&reference.upload_id="
        f"{ANY_ID}&reference.strength=0.7&style_reference.strength=0.5&term_weights.a.b=1.2"
    )

    assert from_form(post) == {
        "prompt": "a boat",
        "seed": "7",
        "seed_locked": "on",
        "reference": {"upload_id": ANY_ID, "strength": "0.7"},
        "term_weights": {"a.b": "1.2"},
    }


def test_a_form_is_validated_as_json_is():
    form = QueryDict("prompt=a+boat&mode=video&batch_size=1&motion=0.8&guidance=6.5&seed_locked=on")
    data = {"mode": "video", "motion": 0.8, "guidance": 6.5, "seed_locked": True}

    assert validate(from_form(form)) == validate({"prompt": "a boat", **data})


@pytest.mark.parametrize("query", ["reference=x&reference.url=y", "reference.url=y&reference=x"])
def test_a_form_that_contradicts_itself_is_refused_plainly(query):
    with pytest.raises(RequestError):
        validate(from_form(QueryDict(f"prompt=a&{query}")))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # of a machine that is busy
@given(st.dictionaries(st.sampled_from([*GenerationRequest.model_fields, "owner"]), anything))
def test_whatever_comes_is_accepted_or_refused_in_plain_words(data):
    try:
        request = validate(data)
    except RequestError as refusal:
        sentences = [sentence for own in refusal.errors.values() for sentence in own]
        assert sentences
        assert all(sentence[0].isupper() and sentence[-1] in ".}" for sentence in sentences)
        json.dumps(refusal.errors)
    else:
        assert validate(request.model_dump(mode="json")) == request

"""The composed prompt has every control's words and stays within the budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.composition import PHRASES, compose
from generation.requests import validate
from generation.tokens import count_tokens
from generation.vocabulary import PROMPT_BUDGET

pytestmark = pytest.mark.django_db
PLAIN = {"style": "none", "shot_type": "wide"}


def control_sets():
    """Any choice of every control that adds words, for any model and mode."""
    fields = {name: st.sampled_from([c.value for c in table]) for name, table in PHRASES.items()}
    lanes = st.sampled_from([("sdxl", "image"), ("wan", "image"), ("wan", "video")])
    return st.builds(
        lambda lane, style_text, **chosen: {
            "model": lane[0],
            "mode": lane[1],
            "style_text": style_text,
            **chosen,
        },
        lanes,
        st.text("abc ,.é山", max_size=200),
        **fields,
    )


prompts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=400),
    st.lists(
        st.sampled_from(
            ["a boat", "wide shot", "at dawn", "extraordinarily", "Film grain", "山水"]
        ),
        max_size=80,
    ).map(", ".join),
).filter(lambda text: text.strip())


def request_of(**data):
    return validate({"prompt": "a boat at dawn", **data})


@given(prompts, control_sets())
def test_never_over_budget_and_counted_right(prompt, controls):
    request = request_of(**controls)

    composed = compose(request, prompt)

    assert composed.tokens == count_tokens(composed.text) <= composed.budget
    assert composed.budget == PROMPT_BUDGET[request.model]


@given(prompts, control_sets())
def test_composing_again_changes_nothing(prompt, controls):
    request = request_of(**controls)

    once = compose(request, prompt)

    assert compose(request, prompt) == once
    assert compose(request, once.text).text == once.text


@given(prompts)
def test_starts_with_the_typed_words_and_cuts_none(prompt):
    composed = compose(request_of(style="none"), prompt)
    typed = prompt.strip()
    kept = composed.text.removesuffix("wide shot").rstrip(" ,")

    assert typed.startswith(kept)
    following = typed[len(kept) :][:1]
    in_mid_word = kept[-1:].isascii() and kept[-1:].isalnum() and following.isalnum()
    assert not in_mid_word


def test_words_of_every_control_are_there():
    request = request_of(
        camera_angle="low_angle",
        style="dreamy",
        style_text="oil on canvas",
        lighting="soft",
        composition="symmetrical",
        colour_grading="warm",
        texture="grainy",
        shot_type="close",
    )

    assert compose(request).text == (
        "a boat at dawn, close-up shot, low angle view, dreamy ethereal mood, soft lighting, "
        "symmetrical composition, warm colours, film grain, oil on canvas"
    )


@pytest.mark.parametrize(
    ("name", "value"), [(name, choice.value) for name, table in PHRASES.items() for choice in table]
)
def test_every_choice_of_every_control_adds_its_own_words(name, value):
    phrase = PHRASES[name][value]

    composed = compose(request_of(**{**PLAIN, name: value}))

    assert phrase in composed.text.split(", ")


def test_motion_speaks_only_in_videos():
    texts = {compose(request_of(mode="video", motion=m / 10)).text for m in (0, 3, 5, 7, 10)}

    assert len(texts) == 5
    assert "motion" not in compose(request_of()).text


def test_cuts_at_a_comma_and_says_what_was_dropped():
    prompt = ", ".join(f"thing number {number}" for number in range(100, 140))

    composed = compose(request_of(style="none"), prompt)

    assert composed.text.startswith("thing number 100, ")
    assert composed.text.endswith(", wide shot")
    assert composed.dropped[-1] == "thing number 139"
    kept = composed.text.count("thing number")
    assert len(composed.dropped) == 40 - kept


def test_a_long_sentence_without_commas_is_cut_between_words():
    composed = compose(request_of(style="none"), "lighthouse " * 100)

    words = composed.text.removesuffix(", wide shot").split()

    assert set(words) == {"lighthouse"}
    assert composed.tokens > composed.budget - 3


def test_a_typed_phrase_is_not_added_again():
    composed = compose(request_of(style="none"), "a boat, Wide Shot, at dawn")

    assert composed.text == "a boat, Wide Shot, at dawn"


def test_a_typed_phrase_that_was_cut_off_is_added():
    prompt = "a boat, " + ", ".join(f"gull number {n}" for n in range(50)) + ", wide shot"

    assert compose(request_of(style="none"), prompt).text.endswith(", wide shot")


def test_long_style_text_leaves_room_for_the_prompt():
    composed = compose(request_of(style_text="swirling brush strokes, " * 12))

    assert composed.text.startswith("a boat at dawn, wide shot")
    assert composed.dropped


def test_one_endless_word_leaves_only_the_controls():
    composed = compose(request_of(style="none"), "a" * 1000)

    assert composed.text == "wide shot"
    assert composed.dropped == ("a" * 1000,)

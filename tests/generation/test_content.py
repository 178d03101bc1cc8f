"""Requests that sexualise minors are refused, always; innocent ones pass."""

import logging

import pytest

from generation.content import (
    NOT_CONFIRMED,
    NOT_SWITCHED_ON,
    check_content,
    mature_word,
    sexualises_minors,
)
from generation.requests import RequestError, validate

INNOCENT = [
    "children playing football at the beach",
    "a baby sleeping in its mother's arms",
    "a schoolgirl with a red umbrella in the rain",
    "a teenager on a skateboard, golden hour",
    "a 12 year old chess champion thinking",
    "a nude marble statue of Venus in a museum",
    "a sexy sports car, studio lighting",
    "portrait of a woman in an evening gown, sensual light",
    "A minor chord drawn as colour",
    "kids looking at stars with the naked eye",
    "a kidney-shaped pool in Sussex",
    "teacups and a sextant on a child's desk",
    "ten naked trees in the fog",
    "a whisky aged 12 years",
    "a goat and its kid on a mountain",
]
REFUSED = [
    "nude child",
    "a naked little girl",
    "NUDE TEENAGER",
    "erotic drawing of a 15 year old",
    "erotic drawing of a fifteen-year-old",
    "girl aged 13, topless",
    "n.u.d.e child",
    "n u d e child",
    "nuuude chiiild",
    "nud3 ch1ld",
    "nu\u200bde chi\u200bld",
    "nüde chíld",
    "nud\u0435 \u0441hild",  # Cyrillic letters
    "\uff4e\uff55\uff44\uff45 child",  # full width
    "sexy_schoolgirl",
    "lolicon",
    "high school students, porn",
    "children\n\n\nwithout clothes",
]


@pytest.mark.parametrize("prompt", INNOCENT)
def test_innocent_prompts_pass(prompt):
    assert not sexualises_minors(prompt)


@pytest.mark.parametrize("prompt", REFUSED)
def test_is_refused_in_every_disguise(prompt):
    assert sexualises_minors(prompt)


def test_is_refused_whatever_the_settings(creator, settings):
    settings.MATURE_CONTENT = True
    creator.confirm_adult()

    with pytest.raises(RequestError) as refusal:
        check_content(creator, validate({"prompt": "a child", "content_mode": "nsfw"}))

    assert "prompt" in refusal.value.errors


def test_the_free_style_text_counts_too(creator):
    with pytest.raises(RequestError):
        check_content(creator, validate({"prompt": "a child", "style_text": "nude"}))


def test_what_is_to_be_avoided_may_be_named(creator):
    check_content(creator, validate({"prompt": "a child", "negative_prompt": "nude, nsfw"}))


def test_a_refusal_is_logged_without_the_words(creator, caplog):
    with caplog.at_level(logging.WARNING, "ourvidz.refusals"), pytest.raises(RequestError):
        check_content(creator, validate({"prompt": "nude child"}))

    assert f"user {creator.pk}" in caplog.text
    assert "nude" not in caplog.text


def refusal_of(owner, **data):
    with pytest.raises(RequestError) as refusal:
        check_content(owner, validate({"prompt": "a figure study", **data}))
    return refusal.value.errors


def test_mature_content_needs_the_operator_and_an_adult(creator, settings):
    nsfw = {"content_mode": "nsfw"}
    assert refusal_of(creator, **nsfw) == {"content_mode": [NOT_SWITCHED_ON]}

    settings.MATURE_CONTENT = True
    assert refusal_of(creator, **nsfw) == {"content_mode": [NOT_CONFIRMED]}

    creator.confirm_adult()
    check_content(creator, validate({"prompt": "a figure study", **nsfw}))

    creator.withdraw_adult()
    assert refusal_of(creator, **nsfw) == {"content_mode": [NOT_CONFIRMED]}


def test_being_an_adult_is_not_enough(creator):
    creator.confirm_adult()

    assert refusal_of(creator, content_mode="nsfw") == {"content_mode": [NOT_SWITCHED_ON]}


@pytest.mark.parametrize(
    "prompt",
    ["a nude on a sofa", "NUD\u0415 woman", "a figure, n u d e", "erotic art", "no clothes"],
)
def test_what_reads_as_mature_is_overridden_only_by_who_may_choose(creator, settings, prompt):
    request = validate({"prompt": prompt})
    assert mature_word(request)
    assert "this studio does not make" in refusal_of(creator, prompt=prompt)["prompt"][0]

    settings.MATURE_CONTENT = True
    assert "Confirm your age" in refusal_of(creator, prompt=prompt)["prompt"][0]

    creator.confirm_adult()
    check_content(creator, request)


@pytest.mark.parametrize(
    "prompt",
    [
        *INNOCENT,
        "chicken breasts with sage",
        "a naked marble statue",
        "nude sculptures in a garden",
        "a sensual tango",
        "analysis of essex",
    ],
)
def test_innocent_prompts_read_as_safe(creator, prompt):
    assert mature_word(validate({"prompt": prompt})) == ""
    check_content(creator, validate({"prompt": prompt}))

"""What the preview backend understands of a prompt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.backends.preview import words
from generation.composition import PHRASES


@pytest.mark.parametrize(
    ("prompt", "elements"),
    [
        ("A lighthouse on a cliff by the sea", {"lighthouse", "cliff", "sea"}),
        ("two boats, snowy mountains", {"boat", "snow", "mountains"}),
        ("woman walking in a neon city in the rain", {"person", "woman", "neon", "city", "rain"}),
        ("cherry blossom tree in the fog", {"tree", "fog", "flowers"}),
        ("still life with fruit", {"still_life"}),
        ("foxes and horses", {"fox", "horse"}),
        ("cyberpunk", {"city", "neon"}),
        ("", set()),
        ("qwertz", set()),
    ],
)
def test_elements(prompt, elements):
    assert set(words.read(prompt).elements) == elements


@pytest.mark.parametrize(
    ("prompt", "time"),
    [
        ("hills at sunrise", "dawn"),
        ("hills at noon", "day"),
        ("hills at golden hour", "golden"),
        ("hills at sunset", "dusk"),
        ("hills at blue hour", "dusk"),
        ("hills by moonlight", "night"),
        ("hills", ""),
    ],
)
def test_times(prompt, time):
    assert words.read(prompt).time == time


def test_season_mood_style_and_colours():
    meaning = words.read("serene autumn forest, watercolour, teal and gold")
    assert meaning.season == "autumn"
    assert meaning.moods == ("calm",)
    assert meaning.styles == ("hand_drawn",)
    assert [tuple(colour.round(2)) for colour in meaning.colours] == [
        tuple(words.COLOURS[name].round(2)) for name in ("teal", "gold")
    ]


@pytest.mark.parametrize(
    ("negative", "gone"),
    [("people", "person"), ("clouds", "clouds"), ("fog, haze", "fog"), ("no boats", "boat")],
)
def test_the_negative_prompt_takes_elements_out(negative, gone):
    meaning = words.read("a man in a boat in the mist under clouds", negative)
    assert gone not in meaning.elements
    assert gone in meaning.removed


def test_a_term_weight_is_the_strength_of_its_element():
    meaning = words.read("a house and a tree", weights={"house": 1.5})
    assert (meaning.has("house"), meaning.has("tree"), meaning.has("cat")) == (1.5, 1.0, 0.0)


def test_light_and_colour_do_not_change_the_salt_and_things_do():
    salt = words.read("a castle at dawn").salt
    assert words.read("a red castle at night").salt == salt
    assert words.read("a wobbly castle at dawn").salt != salt


@pytest.mark.parametrize("phrase", [p for table in PHRASES.values() for p in table.values()])
def test_the_phrases_of_the_controls_mean_nothing_of_their_own(phrase):
    meaning = words.read(phrase)
    assert (dict(meaning.elements), meaning.time, meaning.season) == ({}, "", "")
    assert (meaning.moods, meaning.styles, meaning.colours) == ((), (), ())


@given(st.text(max_size=200), st.text(max_size=40))
def test_any_text_is_read_the_same_way_twice(prompt, negative):
    first, second = words.read(prompt, negative), words.read(prompt, negative)
    assert (first.elements, first.salt, first.time) == (second.elements, second.salt, second.time)
    assert not first.elements.keys() & first.removed


@given(st.lists(st.sampled_from(sorted(words.ELEMENTS)), max_size=6))
def test_every_word_of_the_vocabulary_is_found_in_a_prompt(chosen):
    meaning = words.read(", ".join(chosen))
    assert {words.ELEMENTS[word] for word in chosen} <= meaning.elements.keys()

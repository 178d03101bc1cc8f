"""Groups of similar prompts: alike by most of their words, found without comparing all."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from library.organising.similar import ALIKE, FEWEST_WORDS, likeness, similar_prompts
from library.organising.words import words

VOCABULARY = ["boat", "dawn", "fog", "harbour", "sail", "mast", "gull", "pier", "net", "rope"]
prompts = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=8).map(" ".join)


def test_one_other_word_makes_no_other_group():
    group = ["an old fishing boat in the harbour", "an old fishing boat in a storm, harbour"]
    other = ["portrait of a woman with a straw hat"]

    assert similar_prompts([*group, *other]) == [[0, 1]]


def test_order_case_and_silent_words_do_not_matter():
    assert similar_prompts(["Old boat, harbour, fog", "the harbour: fog and an OLD boat"]) == [
        [0, 1]
    ]


def test_short_prompts_are_left_alone():
    assert similar_prompts(["red boat", "red boat!", "the red boat"]) == []


@given(st.lists(prompts, max_size=30))
def test_each_in_a_group_is_like_another_one_in_it(given_prompts):
    said = [words(prompt) for prompt in given_prompts]
    for group in similar_prompts(given_prompts):
        assert len(group) > 1
        for one in group:
            others = [said[other] for other in group if other != one]
            assert max(likeness(said[one], other) for other in others) >= ALIKE


@given(st.lists(prompts, max_size=30))
def test_prompts_of_the_same_words_are_always_together(given_prompts):
    groups = similar_prompts(given_prompts)
    said = [words(prompt) for prompt in given_prompts]
    for one, other in combinations(range(len(said)), 2):
        if said[one] == said[other] and len(said[one]) >= FEWEST_WORDS:
            assert any({one, other} <= set(group) for group in groups)


def test_nearly_all_pairs_at_the_threshold_are_found():
    """Five words shared of eight in all: 0.625."""
    prompts = []
    for number in range(200):
        shared = [f"w{letter}{chr(97 + number % 26)}{chr(97 + number // 26)}" for letter in "abcde"]
        own = [f"o{letter}{chr(97 + number % 26)}{chr(97 + number // 26)}" for letter in "abc"]
        prompts += [" ".join([*shared, own[0]]), " ".join([*shared, *own[1:]])]

    assert len(similar_prompts(prompts)) >= 195


def test_nothing_has_no_groups():
    assert similar_prompts([]) == similar_prompts([""]) == []

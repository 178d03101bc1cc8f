"""Suggested tags: words and pairs that come up in many prompts."""

import pytest

from library.organising.terms import frequent_terms, has_term
from library.organising.words import words


def found(*prompts: str, each: int = 3) -> list[str]:
    return list(frequent_terms(dict.fromkeys(prompts, each)))


def test_a_word_of_two_prompts_is_a_term_and_that_of_one_is_not():
    assert found("harbour in fog", "a harbour by night") == ["harbour"]
    assert found("harbour in fog", each=50) == []


def test_a_pair_takes_the_place_of_its_words():
    assert found("a fishing harbour", "fishing harbour, fog", "the old fishing harbour") == [
        "fishing harbour"
    ]


def test_a_word_that_is_often_by_itself_stays_beside_its_pair():
    terms = found("red sail", "red sail at dawn", "red rose", "red car", "red house")

    assert terms == ["red", "red sail"]


def test_a_pair_does_not_reach_over_a_sign_or_a_silent_word():
    assert found("old boat, harbour", "boat. Harbour", "boat of the harbour") == ["boat", "harbour"]


def test_three_assets_are_needed():
    assert found("harbour one", "harbour other", each=1) == []


def test_what_most_of_a_large_library_has_is_left_out():
    prompts = [f"mist over place{letter}" for letter in "abcdefghij"]

    assert "mist" in found(*prompts, each=1)
    assert "mist" not in found(*prompts, each=3)


@pytest.mark.parametrize("prompt", ["", "\0", "!!!", "x" * 10_000, "a of the", "\u202e\u200f"])
def test_odd_prompts_have_no_terms(prompt):
    assert found(prompt, prompt + " ") == []


def test_case_accents_and_hyphens():
    assert words("CAFÉ au-lait, Crème Brûlée 4k") == {"café", "au-lait", "crème", "brûlée"}


def test_has_term_agrees_with_what_was_found():
    prompts = ["red sail at dawn", "a red sail", "sail red"]
    terms = frequent_terms(dict.fromkeys(prompts, 2))

    assert terms["red sail"] == prompts[:2]
    for term, having in terms.items():
        assert [prompt for prompt in prompts if has_term(prompt, term)] == having

"""The token estimate is careful and adds up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.tokens import count_tokens, fit


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("   \n", 0),
        ("a boat at dawn", 4),
        ("a boat, at dawn", 5),
        ("photographer", 2),
        ("1999", 4),
        ("café", 2),
        ("山水", 4),
        ("🚤", 2),
    ],
)
def test_known_counts(text, tokens):
    assert count_tokens(text) == tokens


@given(st.text(max_size=60), st.text(max_size=60))
def test_texts_that_are_joined_by_a_comma_add_up(left, right):
    assert count_tokens(f"{left},{right}") == count_tokens(left) + 1 + count_tokens(right)


@given(st.text(max_size=80))
def test_white_space_costs_nothing(text):
    assert count_tokens(f"  {text}\n") == count_tokens(text)


def cut_again_and_again(text: str, budget: int) -> str:
    """What `fit` promises, said more plainly and far more slowly."""
    while text and count_tokens(text) > budget:
        text = text.rpartition("," if "," in text else " ")[0].rstrip(" ,")
    return text


@given(st.text("ab é山,, \n", max_size=40), st.integers(0, 30))
def test_a_text_is_cut_at_the_last_comma_or_space_that_leaves_few_enough(text, budget):
    assert fit(text, budget) == cut_again_and_again(text, budget)


@given(st.text(max_size=60))
def test_a_text_that_fits_stays_as_it_is(text):
    assert fit(text, count_tokens(text)) == text


def test_a_text_of_megabytes_is_cut_in_one_pass(monkeypatch):
    looked_at = []
    monkeypatch.setattr("generation.tokens._tokens_of", lambda piece: looked_at.append(piece) or 1)
    assert fit("a fox, " * 100_000, 5) == "a fox, a fox"
    assert len(looked_at) == 6

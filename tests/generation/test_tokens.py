"""The token estimate is careful and adds up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.tokens import count_tokens


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

"""The word-level difference of two texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.word_diff import word_diff


def side(pieces, kind):
    """The text of one side: what was kept and what is `kind`."""
    return "".join(piece.text for piece in pieces if piece.kind in ("kept", kind))


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("a boat", "a boat", []),
        ("a boat", "a red boat", [("added", "red ")]),
        ("a red boat", "a boat", [("removed", "red ")]),
        ("a boat", "a ship", [("removed", "boat"), ("added", "ship")]),
        ("a boat", "a boat, soft light", [("added", ", soft light")]),
        ("a boats", "a boat", [("removed", "boats"), ("added", "boat")]),
        ("the bird's eye", "the bird eye", [("removed", "bird's"), ("added", "bird")]),
        ("", "new", [("added", "new")]),
        ("old", "", [("removed", "old")]),
    ],
)
def test_whole_words_change(before, after, changes):
    assert [tuple(p) for p in word_diff(before, after) if p.kind != "kept"] == changes


@given(st.text(max_size=80), st.text(max_size=80))
def test_both_texts_can_be_read_from_it(before, after):
    pieces = word_diff(before, after)
    assert side(pieces, "removed") == before
    assert side(pieces, "added") == after
    assert all(piece.text for piece in pieces)

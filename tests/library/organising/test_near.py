"""Near hashes: exactly those that comparing each with each finds."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.organising.near import FARTHEST, linked, near_groups, near_pairs

hashes = st.integers(0, 2**64 - 1)


@st.composite
def crowds(draw) -> list[int]:
    """Hashes of which many lie about as far apart as still counts."""
    centres = draw(st.lists(hashes, min_size=1, max_size=4))
    crowd = list(centres)
    for _ in range(draw(st.integers(0, 30))):
        moved = draw(st.sampled_from(crowd))
        for bit in draw(st.lists(st.integers(0, 63), max_size=9)):
            moved ^= 1 << bit
        crowd.append(moved)
    return crowd


def slowly_found(values, distance) -> list[tuple[int, int]]:
    pairs = combinations(range(len(values)), 2)
    return [(a, b) for a, b in pairs if (values[a] ^ values[b]).bit_count() <= distance]


@given(crowds().map(lambda crowd: list(dict.fromkeys(crowd))), st.integers(0, 7))
def test_the_pairs_are_those_of_brute_force(values, distance):
    assert near_pairs(values, distance) == slowly_found(values, distance)


@given(crowds())
def test_the_groups_are_what_near_pairs_link(values):
    pairs = slowly_found(values, FARTHEST)
    expected = sorted(group for group in linked(len(values), pairs) if len(group) > 1)

    assert near_groups(values) == expected


def test_six_bits_are_near_and_seven_are_not():
    assert near_groups([0, 0b111111]) == [[0, 1]]
    assert near_groups([0, 0b1111111]) == []
    assert near_groups([0, 0b1111111, 0b111]) == [[0, 1, 2]]  # by the third, which is near both


def test_nothing_has_no_pairs():
    assert near_pairs([]) == near_groups([]) == []


@pytest.mark.parametrize("distance", [-1, 8])
def test_a_distance_that_the_method_cannot_do_is_refused(distance):
    with pytest.raises(ValueError, match="from 0 to 7"):
        near_pairs([1, 2], distance)

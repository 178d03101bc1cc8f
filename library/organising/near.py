"""Which of many 64-bit hashes are nearly the same, without comparing each with each.

Two hashes that differ in at most `distance` bits agree in all but `distance` of their eight
bytes. So for every choice of that many bytes the hashes are sorted by them, and only neighbours
that agree there are compared (multi-index hashing; Norouzi et al., "Fast Search in Hamming
Space with Multi-Index Hashing", 2012). Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np

BYTES = 8
FARTHEST = 6  # bits: scaled and recompressed copies stay below it, other pictures above
# Each is compared with this many of the next that agree in the chosen bytes, so that a library
# of one picture in a thousand shades takes seconds; whoever is left out is linked by another.
MOST_NEIGHBOURS = 64


def near_pairs(hashes: Sequence[int], distance: int = FARTHEST) -> list[tuple[int, int]]:
    """Places of distinct hashes (0 to 2**64 - 1) that differ in at most `distance` bits.

    Sorted, each pair once and its lower place first. `distance` is 0 to 7.
    """
    if not 0 <= distance < BYTES:
        raise ValueError(f"a distance is from 0 to {BYTES - 1}")
    values = np.array(hashes, dtype=np.uint64)
    parts = values[:, None].view(np.uint8)
    found = [np.empty(0, dtype=np.int64)]
    for chosen in combinations(range(BYTES), BYTES - distance):
        for one, other in _neighbours(_packed(parts[:, chosen])):
            differing = np.bitwise_count(values[one] ^ values[other])
            close = differing <= distance
            low, high = np.minimum(one, other)[close], np.maximum(one, other)[close]
            found.append(low * len(values) + high)
    return [divmod(int(pair), len(values)) for pair in np.unique(np.concatenate(found))]


def near_groups(hashes: Sequence[int], distance: int = FARTHEST) -> list[list[int]]:
    """Places of two and more that near pairs link, in order; equal hashes are near."""
    places: dict[int, list[int]] = {}
    for place, value in enumerate(hashes):
        places.setdefault(value, []).append(place)
    distinct = list(places)
    groups = linked(len(distinct), near_pairs(distinct, distance))
    found = [sorted(place for one in group for place in places[distinct[one]]) for group in groups]
    return sorted(group for group in found if len(group) > 1)


def linked(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """0 to count - 1 in the groups that `pairs` link (union-find with halved paths)."""
    parents = list(range(count))

    def root(one: int) -> int:
        while parents[one] != one:
            parents[one] = one = parents[parents[one]]
        return one

    for one, other in pairs:
        parents[root(other)] = root(one)
    groups: dict[int, list[int]] = {}
    for one in range(count):
        groups.setdefault(root(one), []).append(one)
    return list(groups.values())


def _packed(parts: np.ndarray) -> np.ndarray:
    """Rows of up to eight bytes as one number each."""
    padded = np.zeros((len(parts), BYTES), dtype=np.uint8)
    padded[:, : parts.shape[1]] = parts
    return padded.view(np.uint64).ravel()


def _neighbours(keys: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Places of equal keys, as pairs of arrays."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.arange(len(keys))
    for step in range(1, MOST_NEIGHBOURS + 1):
        starts = starts[starts + step < len(keys)]
        starts = starts[ordered[starts] == ordered[starts + step]]
        if not len(starts):
            return
        yield order[starts], order[starts + step]

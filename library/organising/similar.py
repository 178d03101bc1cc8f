"""Groups of prompts that say nearly the same, without comparing each with each. Pure.

Two prompts are alike when they share most of their words (Jaccard index). Candidates come from
MinHash with banding (Broder, "On the resemblance and containment of documents", 1997;
Leskovec et al., "Mining of Massive Datasets", chapter 3), and each is then measured exactly.
"""

import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from library.organising.near import linked
from library.organising.words import words

ALIKE = 0.6  # of the words that either has, those that both have
FEWEST_WORDS = 3  # shorter prompts share words by chance
BANDS, ROWS = 20, 3  # finds 99 % of pairs at ALIKE, all but one in 10,000 at 0.7
_PRIME = (1 << 31) - 1
_RANDOM = np.random.default_rng(1997)  # always the same functions, so the same groups
_FACTORS = _RANDOM.integers(1, _PRIME, BANDS * ROWS, dtype=np.int64)
_OFFSETS = _RANDOM.integers(0, _PRIME, BANDS * ROWS, dtype=np.int64)


def similar_prompts(prompts: Sequence[str]) -> list[list[int]]:
    """Places of prompts that are alike, in groups of two and more, in order.

    In a group each prompt is like another one, not necessarily like all.
    """
    told = [words(prompt) for prompt in prompts]
    telling = [place for place, said in enumerate(told) if len(said) >= FEWEST_WORDS]
    said = [told[place] for place in telling]
    groups = linked(len(said), _alike_pairs(said))
    return sorted([telling[one] for one in group] for group in groups if len(group) > 1)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The Jaccard index: 0 where nothing is shared, 1 where all is."""
    together = one | other
    return len(one & other) / len(together) if together else 1.0


def _alike_pairs(said: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """Neighbours in a bucket, and each with the bucket's first: enough to link them."""
    for bucket in _buckets(said):
        pairs = {*pairwise(bucket), *((bucket[0], other) for other in bucket[1:])}
        yield from (
            (one, other)
            for one, other in sorted(pairs)
            if likeness(said[one], said[other]) >= ALIKE
        )


def _buckets(said: Sequence[frozenset[str]]) -> Iterator[list[int]]:
    """Places whose signatures agree in one band."""
    if not said:
        return
    signatures = np.stack([_signature(one) for one in said])
    for start in range(0, BANDS * ROWS, ROWS):
        buckets: dict[bytes, list[int]] = {}
        for place, rows in enumerate(signatures[:, start : start + ROWS]):
            buckets.setdefault(rows.tobytes(), []).append(place)
        yield from (bucket for bucket in buckets.values() if len(bucket) > 1)


def _signature(said: frozenset[str]) -> np.ndarray:
    """The least of each hash function over the words: BANDS x ROWS numbers below 2**31."""
    digests = np.array([zlib.crc32(word.encode()) & 0x7FFFFFFF for word in said], dtype=np.int64)
    return ((digests[:, None] * _FACTORS + _OFFSETS) % _PRIME).min(axis=0)

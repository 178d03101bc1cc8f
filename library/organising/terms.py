"""Words and pairs of words that come up in many prompts: what may be worth a tag. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from library.organising.words import phrases
from library.search.text import folded

FEWEST_PROMPTS = 2  # different ones, so that one prompt done often is no theme
FEWEST_ASSETS = 3
MOST_TERMS = 500
LONGEST_TERM = 60  # characters, as a tag's
# In a large library, what is in more than this share tells nothing apart.
LARGE, COMMON = 20, 0.5
# A word that is nearly always part of one pair is left to the pair.
ALWAYS = 0.8


def frequent_terms(counts: Mapping[str, int]) -> dict[str, list[str]]:
    """By term, the prompts that have it, the most frequent term first.

    `counts` has the number of assets of each prompt.
    """
    found: dict[str, list[str]] = {}
    for prompt in counts:
        for term in _terms(prompt):
            found.setdefault(term, []).append(prompt)
    enough = {term: _size(prompts, counts) for term, prompts in found.items() if _many(prompts)}
    most = _most(sum(counts.values()))
    sizes = {term: size for term, size in enough.items() if FEWEST_ASSETS <= size <= most}
    covered = _covered_words(sizes)
    ordered = sorted(sizes.keys() - covered, key=lambda term: (-sizes[term], term))
    return {term: found[term] for term in ordered[:MOST_TERMS]}


def has_term(prompt: str, term: str) -> bool:
    """Whether `term` is one of the prompt's, as `frequent_terms` found it."""
    first = term.partition(" ")[0]
    return first in folded(prompt) and term in _terms(prompt)


def _terms(prompt: str) -> set[str]:
    """Each word, and each two that follow each other."""
    terms: set[str] = set()
    for phrase in phrases(prompt):
        terms.update(filter(None, phrase))
        terms.update(f"{one} {two}" for one, two in pairwise(phrase) if one and two)
    return {term for term in terms if len(term) <= LONGEST_TERM}


def _many(prompts: Sequence[str]) -> bool:
    return len(prompts) >= FEWEST_PROMPTS


def _size(prompts: Iterable[str], counts: Mapping[str, int]) -> int:
    return sum(counts[prompt] for prompt in prompts)


def _most(assets: int) -> float:
    return assets * COMMON if assets > LARGE else assets


def _covered_words(sizes: Mapping[str, int]) -> set[str]:
    return {
        word
        for term, size in sizes.items()
        for word in term.split(" ")
        if word != term and word in sizes and size >= ALWAYS * sizes[word]
    }

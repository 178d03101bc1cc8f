"""What review lists are made of: worked out over a whole library, then kept for a while."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Max

from library.models import LibraryAsset

SECONDS = 1800
Row = TypeVar("Row")
Result = TypeVar("Result")
MOST_PROMPTS = 10_000  # the newest different ones are looked at


@dataclass(frozen=True)
class Prompts:
    """Assets by prompt, the newest first, of the newest MOST_PROMPTS; others are `left_out`."""

    assets: dict[str, list[UUID]]
    left_out: int


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """The rows of a review list, and how many assets were not looked at for them."""

    rows: list[Row]
    left_out: int = 0


def remembered(owner, name: str, work: Callable[[Any], Result]) -> Result:
    """`work(owner)`, or what it gave before for the same library, in one query more.

    Rows may have left the library since for others: whoever shows them asks again.
    """
    kept = LibraryAsset.objects.owned_by(owner).kept().order_by()
    state = kept.aggregate(
        count=Count("pk"), newest=Max("created_at"), hashed=Count("perceptual_hash")
    )
    key = f"listed:{name}:{owner.pk}:{digest(map(str, state.values()))}"
    found = cache.get(key)
    if found is None:
        found = work(owner)
        cache.set(key, found, SECONDS)
    return found


def assets_by_prompt(owner) -> Prompts:
    """Kept assets under what their owner wrote."""
    rows = LibraryAsset.objects.owned_by(owner).kept().exclude(original_prompt="")
    found: dict[str, list[UUID]] = {}
    left_out = 0
    for pk, prompt in rows.values_list("pk", "original_prompt").iterator():
        if prompt in found or len(found) < MOST_PROMPTS:
            found.setdefault(prompt, []).append(pk)
        else:
            left_out += 1
    return Prompts(found, left_out)


def digest(parts: Iterable[str]) -> str:
    """A short name for exactly these, in this order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def digest_of(ids: Iterable[UUID]) -> str:
    """A short name for exactly these assets, in any order."""
    return digest(sorted(map(str, ids)))

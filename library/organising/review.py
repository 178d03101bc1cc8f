"""What the three review lists have in common: stretches, pictures, and what was chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from library.models import LibraryAsset, Settled
from ourvidz.media.urls import media_urls
from ourvidz.reading import number_of

PAGE_SIZE = 12
FARTHEST_START = 10**6


@dataclass(frozen=True)
class Stretch:
    """Some rows of a list. `start` is 0 for the first, `next` None at the end.

    `left_out` assets were not looked at.
    """

    rows: Sequence[Any]
    start: int
    total: int
    left_out: int = 0

    @property
    def next(self) -> int | None:
        end = self.start + PAGE_SIZE
        return end if end < self.total else None

    @property
    def previous(self) -> int | None:
        return max(0, self.start - PAGE_SIZE) if self.start else None


@dataclass(frozen=True)
class Picture:
    """An asset and where to see it."""

    asset: LibraryAsset
    urls: dict[str, str]


def start_of(text: str) -> int:
    """Where a stretch begins; what is no such number begins at the top."""
    return min(number_of(text), FARTHEST_START)


def cut(found: Sequence[Any], start: int) -> tuple[Sequence[Any], int]:
    """The stretch from `start` and where it begins: the last one where the list has become
    shorter."""
    if start >= len(found):
        start = max(0, len(found) - 1) // PAGE_SIZE * PAGE_SIZE
    return found[start : start + PAGE_SIZE], start


def settled(owner, kind: str) -> set[str]:
    """The keys that this list leaves out."""
    return set(Settled.objects.filter(owner=owner, kind=kind).values_list("key", flat=True))


def pictures(owner, ids: Iterable[UUID]) -> dict[UUID, Picture]:
    """Those of `ids` that are still in the library, in one query."""
    kept = LibraryAsset.objects.owned_by(owner).kept().filter(pk__in=set(ids))
    assets = list(kept.defer("search_text"))
    urls = media_urls(assets, ("thumbnail",))
    return {asset.pk: Picture(asset, urls[asset.pk]) for asset in assets}

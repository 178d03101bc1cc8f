"""The list of collections to put assets into, or take them out of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from .models import Collection, Membership
from .nesting import Forest

MOST_SHOWN = 50


@dataclass(frozen=True)
class Choice:
    """A collection, where it lies, and which of the assets are in it: all, some or none."""

    collection: Collection
    place: str
    held: str

    @property
    def checked(self) -> str:
        """For `aria-checked`."""
        return {"all": "true", "some": "mixed", "none": "false"}[self.held]


@dataclass(frozen=True)
class Choices:
    """The first MOST_SHOWN that match, those that hold an asset before others."""

    shown: Sequence[Choice]
    more: int
    exact: bool  # one has exactly the name that was looked for


def choices(owner, asset_ids: Sequence[UUID], words: str = "") -> Choices:
    """The owner's collections whose path has `words`, in any case, in two queries."""
    held = _held(owner, asset_ids)
    found = [
        Choice(row.collection, row.path, _how_many(held.get(row.collection.pk, 0), len(asset_ids)))
        for row in Forest(owner).matching(words)
    ]
    found.sort(key=lambda choice: choice.held == "none")
    exact = is_named([choice.collection for choice in found], words)
    return Choices(found[:MOST_SHOWN], max(0, len(found) - MOST_SHOWN), exact)


def is_named(collections: Iterable[Collection], words: str) -> bool:
    """Whether one has exactly the name `words`, in any case."""
    name = " ".join(words.split()).casefold()
    return any(collection.name.casefold() == name for collection in collections)


def choice_of(collection: Collection, asset_ids: Sequence[UUID], place: str) -> Choice:
    """One line of the list by itself, as it is now."""
    held = Membership.objects.filter(collection=collection, asset__in=asset_ids).count()
    return Choice(collection, place, _how_many(held, len(asset_ids)))


def _held(owner, asset_ids: Sequence[UUID]) -> dict[UUID, int]:
    """By collection, how many of the assets are in it."""
    places = Membership.objects.filter(asset__in=asset_ids, collection__owner=owner)
    counts = places.order_by().values("collection").annotate(number=Count("pk"))
    return dict(counts.values_list("collection", "number"))


def _how_many(held: int, asked: int) -> str:
    if not held:
        return "none"
    return "all" if held == asked else "some"

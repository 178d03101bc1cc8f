"""Places in collections, as the library gives them: it knows collections by relation only."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Max

DEEPEST = 20  # levels of collections in collections
MOST_COLLECTIONS = 2_000  # of one owner
TOO_MANY = f"You have {MOST_COLLECTIONS:,} collections, which is the most. Delete one first."


def places_in(owner: Any, collection_id: UUID | str) -> Any:
    """The places in a collection, while nobody else can change them; None where it was deleted."""
    mine = owner.collections.kept().select_for_update(no_key=True)
    collection = mine.filter(pk=collection_id).first()
    return collection and collection.memberships


def append(places: Any, asset_ids: Sequence[UUID]) -> list[UUID]:
    """Put those that are not there yet behind what is, in order; these."""
    there = set(places.filter(asset__in=asset_ids).values_list("asset_id", flat=True))
    new = [pk for pk in asset_ids if pk not in there]
    put(places, {pk: position for position, pk in enumerate(new, end_of(places))})
    return new


def end_of(places: Any) -> int:
    """The first position behind all."""
    return places.aggregate(last=Max("position", default=-1))["last"] + 1


def put(places: Any, positions: Mapping[UUID, int]) -> None:
    """Put assets that are not there at these positions."""
    places.bulk_create(
        places.model(collection=places.instance, asset_id=pk, position=position)
        for pk, position in positions.items()
    )

"""The collections of an archive among those that are there: found by name, or made."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.contrib.auth import get_user_model

from library.models import LibraryAsset
from library.placing import DEEPEST, MOST_COLLECTIONS, append, places_in
from library.transfer.archive import ArchiveError
from library.transfer.forest import Forest
from library.transfer.manifest import CollectionEntry

CHUNK = 500


def plant(owner, entries: Sequence[CollectionEntry], assets: Mapping[UUID, LibraryAsset]) -> int:
    """Put `assets` into the collections of the archive; how many of those had to be made.

    A collection of the same name in the same place is the same one: it keeps its words and its
    order, and what it lacks comes behind. ArchiveError where they are too many or too deep.
    """
    get_user_model().objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
    forest = Forest(owner)
    numbered: dict[int | None, UUID | None] = {None: None}
    levels: dict[int | None, int] = {None: 0}
    taken: set[UUID] = set()
    for entry in entries:
        parent = numbered[entry.parent]
        levels[entry.number] = levels[entry.parent] + 1
        same = [pk for pk in forest.named(parent, entry.name) if pk not in taken]
        pk = same[0] if same else _made(owner, entry, parent, assets)
        numbered[entry.number] = pk
        taken.add(pk)
        _fill(owner, pk, [assets[asset_id].pk for asset_id in entry.assets])
    made = len(taken - forest.rows.keys())
    if max(levels.values()) > DEEPEST or len(forest.rows) + made > MOST_COLLECTIONS:
        raise ArchiveError(
            f"Its collections are more than {MOST_COLLECTIONS:,} with yours, or lie in each "
            f"other over {DEEPEST} levels deep. Delete some, or export fewer."
        )
    return made


def _made(
    owner, entry: CollectionEntry, parent: UUID | None, assets: Mapping[UUID, LibraryAsset]
) -> UUID:
    cover = assets.get(entry.cover) if entry.cover else None
    collection = owner.collections.create(
        name=entry.name,
        description=entry.description,
        parent_id=parent,
        cover_id=cover and cover.pk,
        created_at=entry.created_at,
    )
    return collection.pk


def _fill(owner, collection_id: UUID, asset_ids: Sequence[UUID]) -> None:
    """Append what is not there yet, in order; the owner's row is locked, so it is there."""
    places = places_in(owner, collection_id)
    for start in range(0, len(asset_ids), CHUNK):
        append(places, asset_ids[start : start + CHUNK])

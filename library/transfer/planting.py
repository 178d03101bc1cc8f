"""The collections of an archive among those that are there: found by name, or made."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Max

from library.models import LibraryAsset
from library.transfer.archive import ArchiveError
from library.transfer.forest import Forest
from library.transfer.manifest import CollectionEntry

DEEPEST = 20  # levels, as pages of collections allow
MOST = 2_000  # collections of one owner
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
        _fill(forest, pk, [assets[asset_id].pk for asset_id in entry.assets])
    made = len(taken - forest.rows.keys())
    if max(levels.values()) > DEEPEST or len(forest.rows) + made > MOST:
        raise ArchiveError(
            f"Its collections are more than {MOST:,} with yours, or lie in each other over "
            f"{DEEPEST} levels deep. Delete some, or export fewer."
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


def _fill(forest: Forest, collection: UUID, asset_ids: Sequence[UUID]) -> None:
    """Append what is not there yet, in order. The owner's row is locked; so is this one now."""
    model = forest.places.model
    owned = model._meta.get_field("collection").related_model
    owned.objects.select_for_update(no_key=True).only("pk").get(pk=collection)
    places = forest.places.filter(collection=collection)
    there = set(places.values_list("asset_id", flat=True))
    start = places.aggregate(last=Max("position", default=-1))["last"] + 1
    new = [asset_id for asset_id in asset_ids if asset_id not in there]
    rows = [
        model(collection_id=collection, asset_id=asset_id, position=position)
        for position, asset_id in enumerate(new, start)
    ]
    places.bulk_create(rows, batch_size=CHUNK)

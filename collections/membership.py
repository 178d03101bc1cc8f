"""Which assets are in a collection, and in what order.

Positions are given while the collection's row is locked, so that no two assets get one place. What
is put back where it stood may share one with what came there since; then the older place is first.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F
from django.http import Http404

from library import placing
from library.models import LibraryAsset

from .models import Collection, Membership, MembershipQuerySet

MOST_AT_ONCE = 1_000  # assets in one request
ROWS_AT_ONCE = 500


def owned_assets(owner, ids: Iterable[UUID]) -> list[UUID]:
    """The ids, each once, in order; Http404 if any is not a kept asset of `owner`."""
    unique = list(dict.fromkeys(ids))
    if len(unique) > MOST_AT_ONCE:
        raise Http404
    found = LibraryAsset.objects.owned_by(owner).kept().filter(pk__in=unique)
    if not unique or found.count() < len(unique):
        raise Http404
    return unique


@transaction.atomic
def add(collection: Collection, asset_ids: Sequence[UUID]) -> int:
    """Append those that are not there yet, in order; how many that were."""
    locked(collection)
    return len(placing.append(collection.memberships, asset_ids))


@transaction.atomic
def remove(collection: Collection, asset_ids: Sequence[UUID]) -> int:
    """Take those out that are there; how many that were. The others keep their positions."""
    return locked(collection).filter(asset__in=asset_ids).delete()[0]


@transaction.atomic
def transfer(source: Collection, target: Collection, asset_ids: Sequence[UUID]) -> int:
    """Take assets out of `source` and append them to `target`; how many were new there.

    Http404, and nothing is done, if one of them is not in `source`.
    """
    lock_both(source, target)
    places = Membership.objects.filter(collection=source, asset__in=asset_ids)
    if places.count() < len(asset_ids):
        raise Http404
    if source.pk == target.pk:
        return 0
    new = add(target, asset_ids)
    places.delete()
    return new


@transaction.atomic
def put_back(
    collection: Collection, asset_id: UUID, position: int, moved_to: Collection | None = None
) -> None:
    """Add it again where it stood when it was taken out, but not beyond the end, and take it out of
    `moved_to`.
    """
    if moved_to is not None:
        lock_both(collection, moved_to)
        remove(moved_to, [asset_id])
    places = locked(collection)
    place = {"position": min(position, placing.end_of(places))}
    places.get_or_create(collection=collection, asset_id=asset_id, defaults=place)


@transaction.atomic
def move(collection: Collection, asset_id: UUID, place_of: UUID) -> None:
    """Let an asset take the place of another; those between move up by one to make room.

    Http404 if either is not in the collection.
    """
    places = locked(collection)
    _set_apart(places)
    held = dict(places.filter(asset__in=[asset_id, place_of]).values_list("asset_id", "position"))
    if not {asset_id, place_of} <= held.keys():
        raise Http404
    old, new = held[asset_id], held[place_of]
    if old < new:
        places.filter(position__gt=old, position__lte=new).update(position=F("position") - 1)
    else:
        places.filter(position__gte=new, position__lt=old).update(position=F("position") + 1)
    places.filter(asset=asset_id).update(position=new)


@transaction.atomic
def move_each(collection: Collection, moves: Iterable[tuple[UUID, UUID]]) -> None:
    """Pairs as of `move`, one after the other: all of them or, after Http404, none."""
    for asset_id, place_of in moves:
        move(collection, asset_id, place_of)


def _set_apart(places: MembershipQuerySet) -> None:
    """Give those that share a position one each, in the order that they have."""
    counted = places.aggregate(all=Count("pk"), apart=Count("position", distinct=True))
    if counted["all"] == counted["apart"]:
        return
    moved, free = [], 0
    for place in places.order_by("position", "id").only("position"):
        if place.position < free:
            place.position = free
            moved.append(place)
        free = place.position + 1
    places.bulk_update(moved, ["position"], batch_size=ROWS_AT_ONCE)


def lock_both(*collections: Collection) -> None:
    """Lock several in an order that is always the same, so that nobody waits in a circle."""
    for collection in sorted(collections, key=lambda collection: collection.pk):
        locked(collection)


def locked(collection: Collection) -> MembershipQuerySet:
    """Its places, while nobody else can change them; Http404 where it was deleted meanwhile."""
    kept = Collection.objects.kept().select_for_update(no_key=True)
    if not kept.filter(pk=collection.pk).values_list("pk").first():
        raise Http404
    return Membership.objects.filter(collection=collection)

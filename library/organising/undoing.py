"""Take back what one commit did, but not what the same assets went through since."""

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone

from library import trash
from library.labels import Labelled, take_off
from library.models import LibraryAsset, Settled
from library.organising.done import Done
from ourvidz.live import announce_library

LEFT_TRASH = "It has left the trash for good."


def take_back(owner, done: Done) -> dict[UUID, str]:
    """Undo, inside a transaction; by asset, why it could not come back, '' where it could."""
    if done.is_empty:
        return {}
    take_off(owner, Labelled(done.tagged))
    _rate_as_before(owner, done.ratings)
    _mark_as_before(owner, done.favourites)
    for pk, asset_ids in done.collections.items():
        _unmake(owner, pk, asset_ids)
    Settled.objects.filter(owner=owner, pk__in=done.settled).delete()
    announce_library(owner.pk)
    lost = out_of_trash(owner, done.trashed)
    return {pk: LEFT_TRASH if pk in lost else "" for pk in done.assets}


def out_of_trash(owner, ids: Collection[UUID]) -> set[UUID]:
    """Restore library assets; those that did not come back."""
    if not ids:
        return set()
    assets = LibraryAsset.objects.owned_by(owner).filter(pk__in=ids)
    trash.restore(assets)
    return set(ids) - set(assets.kept().values_list("pk", flat=True))


def _rate_as_before(owner, ratings: dict[UUID, tuple[int, int]]) -> None:
    for old, new in set(ratings.values()):
        ids = [pk for pk, change in ratings.items() if change == (old, new)]
        LibraryAsset.objects.owned_by(owner).filter(pk__in=ids, rating=new).update(rating=old)


def _mark_as_before(owner, favourites: dict[UUID, bool]) -> None:
    for value in set(favourites.values()):
        ids = [pk for pk, is_now in favourites.items() if is_now is value]
        marked = LibraryAsset.objects.owned_by(owner).filter(pk__in=ids, favourite=value)
        marked.update(favourite=not value)


def _unmake(owner, collection_id: UUID, asset_ids: Collection[UUID]) -> None:
    """Take a made collection away, unless something else has come into it since."""
    made = owner.collections.filter(pk=collection_id, deleted_at=None).first()
    if made is None:
        return
    made.memberships.filter(asset__in=asset_ids).delete()
    if not (made.memberships.exists() or made.children.filter(deleted_at=None).exists()):
        made.deleted_at = timezone.now()
        made.save(update_fields=["deleted_at"])

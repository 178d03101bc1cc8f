"""One commit of a review list or of a culling: all of it in one transaction, undone as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404

from library import placing, trash
from library.labels import Labels
from library.models import LibraryAsset, LibraryAssetQuerySet, Settled
from library.organising.done import Done
from library.signals import organised
from library.tagging import lock_tags
from ourvidz.errors import RequestError
from ourvidz.live import announce_library

MOST_AT_ONCE = 10_000  # assets
GONE = "It is no longer in your library."
TOO_MANY = f"At most {MOST_AT_ONCE:,} pictures and clips at a time. Leave some for another time."


@dataclass
class Wanted:
    """What is to be done to which assets. Tags and collections are to be made by name."""

    trash: Sequence[UUID] = ()
    ratings: Mapping[UUID, int] = field(default_factory=dict)
    favourites: Mapping[UUID, bool] = field(default_factory=dict)
    tags: dict[str, Sequence[UUID]] = field(default_factory=dict)
    collections: list[tuple[str, Sequence[UUID]]] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)  # keys, of the kind that is committed

    @property
    def assets(self) -> set[UUID]:
        labelled = [*self.tags.values(), *(ids for _, ids in self.collections)]
        named = {*self.trash, *self.ratings, *self.favourites}
        return named.union(*labelled)


@dataclass(frozen=True)
class Outcome:
    """What was done, why some assets stayed as they were, and the id to undo it by."""

    done: Done
    failures: dict[UUID, str]
    undo_id: UUID | None = None


@transaction.atomic
def commit(owner, kind: str, wanted: Wanted) -> Outcome:
    """Do what is `wanted` to the owner's assets that are still kept; the others are failures.

    `kind` is that of the history. Http404 if one id is not the owner's, RequestError for too
    many; then nothing is changed.
    """
    if wanted.tags:
        lock_tags(owner.pk)
    named = wanted.assets
    kept = _kept(owner, named)
    done = Done(
        trashed=[pk for pk in dict.fromkeys(wanted.trash) if pk in kept],
        ratings=_rate(kept, wanted.ratings),
        favourites=_mark(kept, wanted.favourites),
        settled=_settle(owner, kind, wanted.settled),
    )
    for name, ids in wanted.tags.items():
        done.tagged |= Labels([name]).put_on(owner.pk, _among(kept, ids)).tagged
    _check_room(owner, len(wanted.collections))
    for name, ids in wanted.collections:
        made = owner.collections.create(name=name)
        done.collections[made.pk] = (
            Labels(collection=made).put_on(owner.pk, _among(kept, ids)).filed
        )
    trash.move_to_trash(_rows(done.trashed))
    announce_library(owner.pk)
    failures = {pk: GONE for pk in named if pk not in kept}
    return Outcome(done, failures, _keep_for_undo(owner, kind, done))


def _kept(owner, ids: set[UUID]) -> dict[UUID, LibraryAsset]:
    """Those of `ids` that are in the library, held until the transaction ends."""
    if len(ids) > MOST_AT_ONCE:
        raise RequestError({"assets": [TOO_MANY]})
    rows = LibraryAsset.objects.owned_by(owner).filter(pk__in=ids)
    held = rows.select_for_update(no_key=True).only("pk", "rating", "favourite", "deleted_at")
    found = list(held.order_by("pk"))
    if len(found) < len(ids):
        raise Http404
    return {asset.pk: asset for asset in found if asset.deleted_at is None}


def _check_room(owner, more: int) -> None:
    if more and owner.collections.kept().count() + more > placing.MOST_COLLECTIONS:
        raise RequestError({"collections": [placing.TOO_MANY]})


def _rows(ids: Sequence[UUID]) -> LibraryAssetQuerySet:
    return LibraryAsset.objects.filter(pk__in=ids)


def _among(kept: Mapping[UUID, LibraryAsset], ids: Sequence[UUID]) -> list[UUID]:
    return [pk for pk in dict.fromkeys(ids) if pk in kept]


def _rate(
    kept: Mapping[UUID, LibraryAsset], ratings: Mapping[UUID, int]
) -> dict[UUID, tuple[int, int]]:
    changed = {
        pk: (kept[pk].rating, stars)
        for pk, stars in ratings.items()
        if pk in kept and kept[pk].rating != stars
    }
    for stars in set(ratings.values()):
        _rows([pk for pk, (_, new) in changed.items() if new == stars]).update(rating=stars)
    return changed


def _mark(kept: Mapping[UUID, LibraryAsset], favourites: Mapping[UUID, bool]) -> dict[UUID, bool]:
    changed = {
        pk: value for pk, value in favourites.items() if pk in kept and kept[pk].favourite != value
    }
    for value in (True, False):
        _rows([pk for pk, new in changed.items() if new is value]).update(favourite=value)
    return changed


def _settle(owner, kind: str, keys: Sequence[str]) -> list[int]:
    """Note the keys; the primary keys of those that were not noted before."""
    ours = Settled.objects.filter(owner=owner, kind=kind, key__in=keys)
    before = set(ours.values_list("pk", flat=True))
    rows = [Settled(owner=owner, kind=kind, key=key) for key in dict.fromkeys(keys)]
    Settled.objects.bulk_create(rows, ignore_conflicts=True)
    return [pk for pk in ours.values_list("pk", flat=True) if pk not in before]


def _keep_for_undo(owner, kind: str, done: Done) -> UUID | None:
    if done.is_empty:
        return None
    answers: list[Any] = organised.send(LibraryAsset, owner=owner, kind=kind, done=done)
    return next((undo_id for _, undo_id in answers if undo_id), None)

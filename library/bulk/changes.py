"""What each action does to some assets, and how that is taken back.

A change is kept as JSON: `did` has what is now other than it was, by asset, so that an undo puts
back exactly that, and only where nobody has changed it since.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from library import trash
from library.background import Refused
from library.bulk import labels
from library.bulk.models import Batch
from library.models import LibraryAsset
from library.tagging import MOST_TAGS

FULL = f"It would have more than {MOST_TAGS} tags."
LATE = "It was in the trash for too long to come back."
NO_COLLECTION = "The collection was deleted meanwhile. What was done before stays."
OTHER_SINCE = "It was changed again since."


@dataclass
class Done:
    """What became of some assets: how many are other now, and why the rest could not be."""

    did: dict[str, Any] = field(default_factory=dict)
    changed: int = 0
    failures: dict[UUID, str] = field(default_factory=dict)


def apply(batch: Batch, ids: Sequence[UUID]) -> Done:
    """Do the batch's action to the owner's assets `ids`."""
    return _DO[batch.action](batch, ids)


def take_back(original: Batch, did: dict[str, Any]) -> Done:
    """Undo what one step of `original` did."""
    return _UNDO[original.action](original, did)


def _tag(batch: Batch, ids: Sequence[UUID]) -> Done:
    names = batch.parameters["tags"]
    free = labels.room(ids, names, MOST_TAGS)
    done = labels.put_on(batch.owner, {name: [pk for pk in ids if pk in free] for name in names})
    return _tagged(done, {pk: FULL for pk in ids if pk not in free})


def _untag(batch: Batch, ids: Sequence[UUID]) -> Done:
    return _tagged(labels.take_off(batch.owner, dict.fromkeys(batch.parameters["tags"], ids)))


def _tagged(done: labels.Tagged, failures: dict[UUID, str] | None = None) -> Done:
    assets = {pk for some in done.values() for pk in some}
    told = {name: _texts(some) for name, some in done.items() if some}
    return Done({"tagged": told}, len(assets), failures or {})


def _undo_tag(original: Batch, did: dict[str, Any]) -> Done:
    return _relabelled(original, did, labels.take_off)


def _undo_untag(original: Batch, did: dict[str, Any]) -> Done:
    return _relabelled(original, did, labels.put_on)


def _relabelled(original: Batch, did: dict[str, Any], change: Callable) -> Done:
    told = {name: _ids(some) for name, some in did["tagged"].items()}
    wanted = {pk for some in told.values() for pk in some}
    there = _existing(original, wanted)
    done = change(
        original.owner, {n: [pk for pk in some if pk in there] for n, some in told.items()}
    )
    changed = {pk for some in done.values() for pk in some}
    return Done(changed=len(changed), failures=_since(wanted - changed))


def _favourite(batch: Batch, ids: Sequence[UUID]) -> Done:
    wanted = batch.action == Batch.Action.FAVOURITE
    rows = LibraryAsset.objects.filter(pk__in=ids, favourite=not wanted)
    changed = list(rows.order_by().values_list("pk", flat=True))
    LibraryAsset.objects.filter(pk__in=changed).update(favourite=wanted)
    return Done({"marked": _texts(changed)}, len(changed))


def _undo_favourite(original: Batch, did: dict[str, Any]) -> Done:
    marked = original.action == Batch.Action.FAVOURITE
    wanted = _ids(did["marked"])
    rows = _assets(original).filter(pk__in=wanted, favourite=marked)
    changed = set(rows.order_by().values_list("pk", flat=True))
    LibraryAsset.objects.filter(pk__in=changed).update(favourite=not marked)
    return Done(changed=len(changed), failures=_since(set(wanted) - changed))


def _rate(batch: Batch, ids: Sequence[UUID]) -> Done:
    stars = batch.parameters["rating"]
    rows = LibraryAsset.objects.filter(pk__in=ids).exclude(rating=stars).order_by()
    before = dict(rows.values_list("pk", "rating"))
    LibraryAsset.objects.filter(pk__in=before).update(rating=stars)
    return Done({"rated": {str(pk): old for pk, old in before.items()}}, len(before))


def _undo_rate(original: Batch, did: dict[str, Any]) -> Done:
    wanted = {UUID(pk): old for pk, old in did["rated"].items()}
    rows = _assets(original).filter(pk__in=wanted, rating=original.parameters["rating"])
    changed = set(rows.order_by().values_list("pk", flat=True))
    for stars in set(wanted.values()):
        same = [pk for pk in changed if wanted[pk] == stars]
        LibraryAsset.objects.filter(pk__in=same).update(rating=stars)
    return Done(changed=len(changed), failures=_since(wanted.keys() - changed))


def _add(batch: Batch, ids: Sequence[UUID]) -> Done:
    places = _places(batch)
    if places is None:
        raise Refused(NO_COLLECTION)
    there = set(places.filter(asset__in=ids).values_list("asset_id", flat=True))
    new = [pk for pk in ids if pk not in there]
    start = places.aggregate(last=Max("position", default=-1))["last"] + 1
    _place(places, {pk: position for position, pk in enumerate(new, start)}, batch)
    return Done({"filed": _texts(new)}, len(new))


def _undo_add(original: Batch, did: dict[str, Any]) -> Done:
    wanted, places = _ids(did["filed"]), _places(original)
    if places is None:
        return Done(failures=_since(wanted))
    there = set(places.filter(asset__in=wanted).values_list("asset_id", flat=True))
    places.filter(asset__in=there).delete()
    return Done(changed=len(there), failures=_since(set(wanted) - there))


def _remove(batch: Batch, ids: Sequence[UUID]) -> Done:
    places = _places(batch)
    if places is None:
        raise Refused(NO_COLLECTION)
    gone = dict(places.filter(asset__in=ids).values_list("asset_id", "position"))
    places.filter(asset__in=gone).delete()
    return Done({"unfiled": {str(pk): position for pk, position in gone.items()}}, len(gone))


def _undo_remove(original: Batch, did: dict[str, Any]) -> Done:
    wanted = {UUID(pk): position for pk, position in did["unfiled"].items()}
    places = _places(original)
    if places is None:
        return Done(failures=_since(wanted))
    there = set(places.filter(asset__in=wanted).values_list("asset_id", flat=True))
    back = _existing(original, wanted.keys()) - there
    _place(places, {pk: wanted[pk] for pk in wanted if pk in back}, original)
    return Done(changed=len(back), failures=_since(wanted.keys() - back))


def _trash(batch: Batch, ids: Sequence[UUID]) -> Done:
    trash.move_to_trash(LibraryAsset.objects.filter(pk__in=ids))
    rows = LibraryAsset.objects.filter(pk__in=ids).order_by().values_list("pk", "deleted_at")
    times = {str(pk): time.isoformat() for pk, time in rows if time}
    return Done({"trashed": times}, len(times))


def _undo_trash(original: Batch, did: dict[str, Any]) -> Done:
    wanted = {UUID(pk): datetime.fromisoformat(time) for pk, time in did["trashed"].items()}
    rows = _assets(original).restorable().filter(pk__in=wanted).order_by()
    same = [pk for pk, time in rows.values_list("pk", "deleted_at") if time == wanted[pk]]
    trash.restore(LibraryAsset.objects.filter(pk__in=same))
    return Done(changed=len(same), failures=_since(wanted.keys() - set(same)))


def _restore(batch: Batch, ids: Sequence[UUID]) -> Done:
    trash.restore(LibraryAsset.objects.filter(pk__in=ids))
    rows = LibraryAsset.objects.filter(pk__in=ids, deleted_at=None).order_by()
    back = set(rows.values_list("pk", flat=True))
    late = {pk: LATE for pk in ids if pk not in back}
    return Done({"restored": _texts(back)}, len(back), late)


def _undo_restore(original: Batch, did: dict[str, Any]) -> Done:
    wanted = _ids(did["restored"])
    rows = _assets(original).kept().filter(pk__in=wanted).order_by()
    back = list(rows.values_list("pk", flat=True))
    trash.move_to_trash(LibraryAsset.objects.filter(pk__in=back))
    return Done(changed=len(back), failures=_since(set(wanted) - set(back)))


def _assets(batch: Batch):
    """Those of the owner that are there, or in the trash and can come back."""
    return LibraryAsset.objects.owned_by(batch.owner).present()


def _existing(batch: Batch, ids: Collection[UUID]) -> set[UUID]:
    rows = _assets(batch).filter(pk__in=ids).order_by()
    return set(rows.values_list("pk", flat=True))


def _places(batch: Batch):
    """The places in the batch's collection, while nobody else changes them; None: deleted."""
    owner: Any = batch.owner  # whose collections the library knows by relation only
    collections = owner.collections.kept()
    found = collections.select_for_update(no_key=True).filter(pk=batch.parameters["collection_id"])
    collection = found.first()
    return collection and collection.memberships


def _place(places, positions: dict[UUID, int], batch: Batch) -> None:
    collection = batch.parameters["collection_id"]
    rows = [
        places.model(collection_id=collection, asset_id=pk, position=position)
        for pk, position in positions.items()
    ]
    places.bulk_create(rows)


def _since(ids: Collection[UUID]) -> dict[UUID, str]:
    return dict.fromkeys(ids, OTHER_SINCE)


def _texts(ids: Collection[UUID]) -> list[str]:
    return [str(pk) for pk in ids]


def _ids(texts: Sequence[str]) -> list[UUID]:
    return [UUID(text) for text in texts]


_DO: dict[str, Callable[[Batch, Sequence[UUID]], Done]] = {
    Batch.Action.TAG: _tag,
    Batch.Action.UNTAG: _untag,
    Batch.Action.FAVOURITE: _favourite,
    Batch.Action.UNFAVOURITE: _favourite,
    Batch.Action.RATE: _rate,
    Batch.Action.ADD: _add,
    Batch.Action.REMOVE: _remove,
    Batch.Action.TRASH: _trash,
    Batch.Action.RESTORE: _restore,
}
_UNDO: dict[str, Callable[[Batch, dict[str, Any]], Done]] = {
    Batch.Action.TAG: _undo_tag,
    Batch.Action.UNTAG: _undo_untag,
    Batch.Action.FAVOURITE: _undo_favourite,
    Batch.Action.UNFAVOURITE: _undo_favourite,
    Batch.Action.RATE: _undo_rate,
    Batch.Action.ADD: _undo_add,
    Batch.Action.REMOVE: _undo_remove,
    Batch.Action.TRASH: _undo_trash,
    Batch.Action.RESTORE: _undo_restore,
}

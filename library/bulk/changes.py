"""What each action does to some assets, and how that is taken back.

An undo puts back exactly what was changed, and only where nobody has changed it since.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from library import trash
from library.bulk import files, filing, labels
from library.bulk.done import Done, changed_since, existing, present
from library.bulk.models import Batch
from library.models import LibraryAsset
from library.tagging import MOST_TAGS
from ourvidz.ids import ids_of, texts

FULL = f"It would have more than {MOST_TAGS} tags."
LATE = "It was in the trash for too long to come back."


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
    told = {name: texts(some) for name, some in done.items() if some}
    return Done({"tagged": told}, len(assets), failures or {})


def _undo_tag(original: Batch, did: dict[str, Any]) -> Done:
    return _relabelled(original, did, labels.take_off)


def _undo_untag(original: Batch, did: dict[str, Any]) -> Done:
    return _relabelled(original, did, labels.put_on)


def _relabelled(original: Batch, did: dict[str, Any], change: Callable) -> Done:
    told = {name: ids_of(some) for name, some in did["tagged"].items()}
    wanted = {pk for some in told.values() for pk in some}
    there = existing(original, wanted)
    done = change(
        original.owner, {n: [pk for pk in some if pk in there] for n, some in told.items()}
    )
    changed = {pk for some in done.values() for pk in some}
    return Done(changed=len(changed), failures=changed_since(wanted - changed))


def _favourite(batch: Batch, ids: Sequence[UUID]) -> Done:
    wanted = batch.action == Batch.Action.FAVOURITE
    rows = LibraryAsset.objects.filter(pk__in=ids, favourite=not wanted)
    changed = list(rows.order_by().values_list("pk", flat=True))
    LibraryAsset.objects.filter(pk__in=changed).update(favourite=wanted)
    return Done({"marked": texts(changed)}, len(changed))


def _undo_favourite(original: Batch, did: dict[str, Any]) -> Done:
    marked = original.action == Batch.Action.FAVOURITE
    wanted = ids_of(did["marked"])
    rows = present(original).filter(pk__in=wanted, favourite=marked)
    changed = set(rows.order_by().values_list("pk", flat=True))
    LibraryAsset.objects.filter(pk__in=changed).update(favourite=not marked)
    return Done(changed=len(changed), failures=changed_since(set(wanted) - changed))


def _rate(batch: Batch, ids: Sequence[UUID]) -> Done:
    stars = batch.parameters["rating"]
    rows = LibraryAsset.objects.filter(pk__in=ids).exclude(rating=stars).order_by()
    before = dict(rows.values_list("pk", "rating"))
    LibraryAsset.objects.filter(pk__in=before).update(rating=stars)
    return Done({"rated": {str(pk): old for pk, old in before.items()}}, len(before))


def _undo_rate(original: Batch, did: dict[str, Any]) -> Done:
    wanted = {UUID(pk): old for pk, old in did["rated"].items()}
    rows = present(original).filter(pk__in=wanted, rating=original.parameters["rating"])
    changed = set(rows.order_by().values_list("pk", flat=True))
    for stars in set(wanted.values()):
        same = [pk for pk in changed if wanted[pk] == stars]
        LibraryAsset.objects.filter(pk__in=same).update(rating=stars)
    return Done(changed=len(changed), failures=changed_since(wanted.keys() - changed))


def _trash(batch: Batch, ids: Sequence[UUID]) -> Done:
    trash.move_to_trash(LibraryAsset.objects.filter(pk__in=ids))
    rows = LibraryAsset.objects.filter(pk__in=ids).order_by().values_list("pk", "deleted_at")
    times = {str(pk): time.isoformat() for pk, time in rows if time}
    return Done({"trashed": times}, len(times))


def _undo_trash(original: Batch, did: dict[str, Any]) -> Done:
    wanted = {UUID(pk): datetime.fromisoformat(time) for pk, time in did["trashed"].items()}
    rows = present(original).restorable().filter(pk__in=wanted).order_by()
    same = [pk for pk, time in rows.values_list("pk", "deleted_at") if time == wanted[pk]]
    trash.restore(LibraryAsset.objects.filter(pk__in=same))
    return Done(changed=len(same), failures=changed_since(wanted.keys() - set(same)))


def _restore(batch: Batch, ids: Sequence[UUID]) -> Done:
    trash.restore(LibraryAsset.objects.filter(pk__in=ids))
    rows = LibraryAsset.objects.filter(pk__in=ids, deleted_at=None).order_by()
    back = set(rows.values_list("pk", flat=True))
    late = {pk: LATE for pk in ids if pk not in back}
    return Done({"restored": texts(back)}, len(back), late)


def _undo_restore(original: Batch, did: dict[str, Any]) -> Done:
    wanted = ids_of(did["restored"])
    rows = present(original).kept().filter(pk__in=wanted).order_by()
    back = list(rows.values_list("pk", flat=True))
    trash.move_to_trash(LibraryAsset.objects.filter(pk__in=back))
    return Done(changed=len(back), failures=changed_since(set(wanted) - set(back)))


def _purge(batch: Batch, ids: Sequence[UUID]) -> Done:
    return Done(changed=trash.purge(LibraryAsset.objects.restorable().filter(pk__in=ids)))


_DO: dict[str, Callable[[Batch, Sequence[UUID]], Done]] = {
    Batch.Action.TAG: _tag,
    Batch.Action.UNTAG: _untag,
    Batch.Action.FAVOURITE: _favourite,
    Batch.Action.UNFAVOURITE: _favourite,
    Batch.Action.RATE: _rate,
    Batch.Action.ADD: filing.add,
    Batch.Action.REMOVE: filing.remove,
    Batch.Action.MOVE: filing.move,
    Batch.Action.VISIBILITY: files.show_to,
    Batch.Action.COPY: files.copy,
    Batch.Action.TRASH: _trash,
    Batch.Action.RESTORE: _restore,
    Batch.Action.PURGE: _purge,
}
_UNDO: dict[str, Callable[[Batch, dict[str, Any]], Done]] = {
    Batch.Action.TAG: _undo_tag,
    Batch.Action.UNTAG: _undo_untag,
    Batch.Action.FAVOURITE: _undo_favourite,
    Batch.Action.UNFAVOURITE: _undo_favourite,
    Batch.Action.RATE: _undo_rate,
    Batch.Action.ADD: filing.undo_add,
    Batch.Action.REMOVE: filing.undo_remove,
    Batch.Action.MOVE: filing.undo_move,
    Batch.Action.VISIBILITY: files.undo_show_to,
    Batch.Action.TRASH: _undo_trash,
    Batch.Action.RESTORE: _undo_restore,
}

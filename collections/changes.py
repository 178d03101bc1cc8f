"""What happens to collections themselves: made, edited, deleted, restored."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from library.placing import MOST_COLLECTIONS, TOO_MANY
from ourvidz.errors import LimitError

from . import nesting
from .models import Collection


@transaction.atomic
def create(owner, *, name: str, description: str = "", parent_id: UUID | None = None) -> Collection:
    """A new collection; CannotNest where it cannot lie there, LimitError where there are many."""
    forest = nesting.locked(owner)
    if len(forest.rows) >= MOST_COLLECTIONS:
        raise LimitError(TOO_MANY)
    forest.check(parent_id)
    return Collection.objects.create(
        owner=owner, name=name, description=description, parent_id=parent_id
    )


@transaction.atomic
def edit(collection: Collection, **changes: Any) -> None:
    """Change any of name, description and parent_id; CannotNest where it cannot lie there."""
    if "parent_id" in changes:
        nesting.locked(collection.owner).check(changes["parent_id"], collection.pk)
    Collection.objects.filter(pk=collection.pk).update(**changes)


@transaction.atomic
def delete(collection: Collection) -> None:
    """Take it and what lies in it away. Its assets stay in the library, its order is kept."""
    gone = nesting.locked(collection.owner).with_all_in(collection.pk)
    Collection.objects.filter(pk__in=gone).update(deleted_at=timezone.now())


@transaction.atomic
def restore(collection: Collection) -> None:
    """Take a deletion back, with all that went by it, each in its place. Restoring twice is fine.

    Where what it lay in is gone, or lies too deep by now, it comes back at the top. LimitError
    where there would be too many.
    """
    forest = nesting.locked(collection.owner)
    collection.refresh_from_db()
    if collection.deleted_at is None:
        return
    went = Collection.objects.owned_by(collection.owner).filter(deleted_at=collection.deleted_at)
    back = dict(went.values_list("pk", "parent_id"))
    if len(forest.rows) + len(back) > MOST_COLLECTIONS:
        raise LimitError(TOO_MANY)
    went.update(deleted_at=None)
    forest = nesting.Forest(collection.owner)
    to_top = [pk for pk in back if back[pk] not in back and not forest.may_stay(pk)]
    Collection.objects.filter(pk__in=to_top).update(parent=None)


@transaction.atomic
def purge(collection: Collection) -> None:
    """Delete for good what one deletion took away; nothing happens to the assets.

    What lay in it and had been deleted before stays restorable, at the top. Http404 where it was
    restored meanwhile.
    """
    nesting.locked(collection.owner)
    mine = Collection.objects.owned_by(collection.owner)
    time = mine.deletions().filter(pk=collection.pk).values_list("deleted_at", flat=True).first()
    if time is None:
        raise Http404
    gone = list(mine.filter(deleted_at=time).values_list("pk", flat=True))
    mine.filter(parent__in=gone).exclude(pk__in=gone).update(parent=None)
    mine.filter(pk__in=gone).delete()


def purge_overdue() -> Iterator[Collection]:
    """Purge every deletion whose time is over, one transaction each; those that went."""
    for collection in Collection.objects.deletions().overdue().select_related("owner"):
        with suppress(Http404):  # restored or purged meanwhile
            purge(collection)
            yield collection

"""The trash: assets on their way out, which can come back for TRASH_DAYS.

Purging marks the rows, commits, removes the files and drops the rows last. A purge that is
cut off leaves a marked row, which the next run finishes; never a file that no row knows.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from library import tagging
from library.models import PURGED, LibraryAsset, LibraryAssetQuerySet
from library.signals import copies_changed
from ourvidz.live import announce_library
from ourvidz.media import buckets

logger = logging.getLogger(__name__)

BATCH = 500
Narrowing = Callable[[LibraryAssetQuerySet], LibraryAssetQuerySet]


def move_to_trash(assets: LibraryAssetQuerySet) -> int:
    """Take `assets` out of the library; how many were in it."""
    return _set_deleted(assets, LibraryAssetQuerySet.kept, timezone.now())


def restore(assets: LibraryAssetQuerySet) -> int:
    """Bring `assets` back from the trash; how many came back.

    Those whose time in the trash is over stay there: their files may be going just now.
    """
    return _set_deleted(assets, LibraryAssetQuerySet.restorable, None)


@transaction.atomic
def _set_deleted(assets: LibraryAssetQuerySet, still: Narrowing, time: datetime | None) -> int:
    """Move those of `assets` in or out that are `still` there, and say whose outputs they are."""
    rows = list(still(assets).order_by().values_list("pk", "job_id", "owner_id"))
    named = LibraryAsset.objects.filter(pk__in=[pk for pk, _, _ in rows])
    # Asked for again: a purge, which takes no lock, may have marked one since.
    changed = still(named).update(deleted_at=time)
    copies_changed.send(LibraryAsset, job_ids={job_id for _, job_id, _ in rows if job_id})
    for owner_id in {owner_id for _, _, owner_id in rows}:
        announce_library(owner_id)
    return changed


def purge(assets: LibraryAssetQuerySet) -> int:
    """Remove `assets` and their files for good, once the transaction commits; how many.

    Those that are not among them any more when they are marked, such as restored ones, stay.
    """
    ids = list(assets.order_by().values_list("pk", flat=True))
    return sum(_mark(assets, batch) for batch in _batches(ids))


def _mark(assets: LibraryAssetQuerySet, ids: Sequence[UUID]) -> int:
    """Let those go that are still among `assets`: one may have been restored meanwhile."""
    marked = assets.order_by().filter(pk__in=ids).update(deleted_at=PURGED)
    transaction.on_commit(partial(_remove, ids))
    return marked


def _batches(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _remove(ids: Sequence[UUID]) -> None:
    assets = LibraryAsset.objects.filter(pk__in=ids, deleted_at=PURGED)
    keys = [key for asset in assets for key in asset.keys]
    try:
        buckets.remove(LibraryAsset.bucket, keys)
    except OSError:
        logger.exception("purge of %d assets left for the next run", len(ids))
        return
    owners = {asset.owner_id for asset in assets}
    assets.delete()
    for owner_id in owners:
        tagging.drop_unused(owner_id)

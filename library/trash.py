"""The trash: assets on their way out, which can come back for TRASH_DAYS.

Purging marks the rows, commits, removes the files and drops the rows last. A purge that is
cut off leaves a marked row, which the next run finishes; never a file that no row knows.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from library.models import PURGED, LibraryAsset, LibraryAssetQuerySet
from library.signals import copies_changed
from ourvidz.live import announce_library
from ourvidz.media import buckets

logger = logging.getLogger(__name__)

BATCH = 500


def move_to_trash(assets: LibraryAssetQuerySet) -> int:
    """Take `assets` out of the library; how many were in it."""
    return _set_deleted(assets.filter(deleted_at=None), timezone.now())


def restore(assets: LibraryAssetQuerySet) -> int:
    """Bring `assets` back from the trash; how many came back.

    Those whose time in the trash is over stay there: their files may be going just now.
    """
    return _set_deleted(assets.restorable(), None)


@transaction.atomic
def _set_deleted(assets: LibraryAssetQuerySet, time: datetime | None) -> int:
    """Move `assets` in or out, and say whose outputs they are."""
    rows = list(assets.order_by().values_list("pk", "job_id", "owner_id"))
    ids = [pk for pk, _, _ in rows]
    # Asked for again: a purge, which takes no lock, may have marked one since.
    changed = assets.filter(pk__in=ids).order_by().update(deleted_at=time)
    copies_changed.send(LibraryAsset, job_ids={job_id for _, job_id, _ in rows if job_id})
    for owner_id in {owner_id for _, _, owner_id in rows}:
        announce_library(owner_id)
    return changed


def purge(assets: LibraryAssetQuerySet) -> int:
    """Remove `assets` and their files for good, once the transaction commits; how many.

    Those that are not among them any more when they are marked, such as restored ones, stay.
    """
    ids = list(assets.order_by().values_list("pk", flat=True))
    marked = 0
    for batch in _batches(ids):
        marked += assets.filter(pk__in=batch).order_by().update(deleted_at=PURGED)
        transaction.on_commit(partial(_remove, batch))
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
    assets.delete()

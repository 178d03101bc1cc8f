"""What the workspace shows: taking assets and groups out of it, and bringing them back.

The row of a job is the lock of its group: whoever changes what a group shows calls
`lock_jobs` first, and the worker that adds outputs has updated that row in its transaction.
"""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from generation.models import Job
from generation.models.job import ENDED
from ourvidz.live import announce
from ourvidz.media import buckets
from workspace.bucket_calls import Patience, in_parallel
from workspace.models import WorkspaceAsset

logger = logging.getLogger(__name__)

FILE_GONE = "Its file is no longer in the workspace, so it cannot come back."


def lock_jobs(job_ids: Collection[UUID]) -> None:
    """Lock the rows of jobs until the transaction ends, always in the same order."""
    rows = Job.objects.select_for_update(no_key=True).filter(pk__in=job_ids).order_by("pk")
    list(rows.values_list("pk"))


def take_out(asset_ids: Collection[UUID], at: datetime) -> list[WorkspaceAsset]:
    """Remove from the workspace those of `asset_ids` that it shows; these, by id and job."""
    shown = list(WorkspaceAsset.objects.shown().filter(pk__in=asset_ids).only("pk", "job_id"))
    WorkspaceAsset.objects.filter(pk__in=[asset.pk for asset in shown]).update(removed_at=at)
    return shown


def take_out_empty_groups(job_ids: Collection[UUID], at: datetime) -> list[UUID]:
    """Remove the groups of ended jobs that show nothing any more; these jobs' ids."""
    shown = WorkspaceAsset.objects.shown().filter(job=OuterRef("pk"))
    empty = Job.objects.filter(~Exists(shown), pk__in=job_ids, status__in=ENDED, removed_at=None)
    ids = list(empty.values_list("pk", flat=True))
    Job.objects.filter(pk__in=ids).update(removed_at=at)
    return ids


def bring_back(asset_ids: Collection[UUID], **conditions) -> list[WorkspaceAsset]:
    """Show removed assets again, with their groups; those that came back, by id and job."""
    removed = WorkspaceAsset.objects.restorable().filter(pk__in=asset_ids, **conditions)
    assets = list(removed.only("pk", "job_id"))
    # Asked for again: the purge, which takes no lock, may have marked one since.
    removed.filter(pk__in=[asset.pk for asset in assets]).update(removed_at=None)
    bring_back_groups({asset.job_id for asset in assets})
    return assets


def bring_back_groups(job_ids: Collection[UUID], **conditions) -> list[UUID]:
    """Show the groups of jobs again; the ids of those that were not shown."""
    hidden = Job.objects.filter(pk__in=job_ids, removed_at__isnull=False, **conditions)
    ids = list(hidden.values_list("pk", flat=True))
    Job.objects.filter(pk__in=ids).update(removed_at=None)
    return ids


def tell(owner_id: int, job_ids: Iterable[UUID]) -> None:
    """Let every open page of the owner know that what these jobs show has changed."""
    changed = set(job_ids)
    if changed:
        Job.touch(changed)
    for job_id in changed:
        announce(owner_id, "job.changed", job_id)


def without_files(assets: Collection[WorkspaceAsset]) -> set[UUID]:
    """Ids of the assets whose original is not in the bucket.

    Where the store does not answer, the row is believed: bringing an asset back needs no file.
    """
    patience = Patience()
    found = in_parallel(lambda asset: patience.is_over or _has_file(asset, patience), assets)
    return {asset.pk for asset, exists in zip(assets, found, strict=True) if not exists}


def _has_file(asset: WorkspaceAsset, patience: Patience) -> bool:
    try:
        return buckets.exists(asset.bucket, asset.key)
    except OSError:
        logger.exception("cannot tell whether the file of asset %s is there", asset.pk)
        patience.note_failure()
        return True

"""What leaves staging by itself: assets that expired or can no longer be brought back.

As with the trash: mark the rows, commit, remove the files, drop the rows last. A run that is
cut off leaves marked rows, which the next one finishes; never a file that no row knows.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from generation.models import Job
from generation.models.job import ENDED, JobQuerySet
from ourvidz.live import announce
from ourvidz.media import buckets
from workspace.models import WorkspaceAsset, WorkspaceAssetQuerySet
from workspace.visibility import lock_jobs, take_out_empty_groups

logger = logging.getLogger(__name__)

# Earlier than any undo window: what is marked so is past bringing back.
PURGED = datetime(1970, 1, 1, tzinfo=UTC)
BATCH = 200


def due() -> WorkspaceAssetQuerySet:
    """Assets that may go. Those of an unfinished job stay: they say what it has made."""
    return WorkspaceAsset.objects.purgeable().filter(job__status__in=ENDED)


def purge_due() -> Iterator[int]:
    """Remove what is due, batch by batch; yields how many each batch removed.

    A batch whose files could not be removed stays marked, for the next run.
    """
    last = UUID(int=0)
    while batch := list(
        due().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        last = batch[-1]
        yield _purge(WorkspaceAsset.objects.purgeable().filter(pk__in=batch))


def purge(assets: WorkspaceAssetQuerySet) -> int:
    """Remove `assets` whose job ended, due or not, and their files; how many."""
    ended = assets.order_by().filter(job__status__in=ENDED)
    ids = list(ended.values_list("pk", flat=True))
    batches = (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
    return sum(_purge(WorkspaceAsset.objects.filter(pk__in=batch)) for batch in batches)


def _purge(assets: WorkspaceAssetQuerySet) -> int:
    """Marked by the condition itself: one may have been brought back since it was found."""
    assets.update(removed_at=PURGED)
    marked = assets.filter(removed_at=PURGED)
    going = list(marked)
    try:
        buckets.remove(WorkspaceAsset.bucket, [key for asset in going for key in asset.keys])
    except OSError:
        logger.exception("%d staged assets left for the next run", len(going))
        return 0
    marked.delete()
    _tell(Job.objects.filter(pk__in={asset.job_id for asset in going}))
    return len(going)


def _tell(jobs: JobQuerySet) -> None:
    changed = dict(jobs.values_list("pk", "owner_id"))
    Job.touch(changed)
    for job_id, owner_id in changed.items():
        announce(owner_id, "job.changed", job_id)


def empty_jobs() -> JobQuerySet:
    """Groups in the workspace that have nothing left, and ended as long ago as staging lasts.

    Their rows stay, as history.
    """
    before = timezone.now() - timedelta(days=settings.STAGING_DAYS)
    assets = WorkspaceAsset.objects.filter(job=OuterRef("pk"))
    old = Job.objects.filter(removed_at=None, status__in=ENDED, ended_at__lt=before)
    return old.filter(~Exists(assets))


def retire_empty_jobs() -> int:
    """Take them out of the workspace, those that are empty still; how many."""
    ids = list(empty_jobs().values_list("pk", flat=True))
    with transaction.atomic():
        lock_jobs(ids)
        gone = take_out_empty_groups(ids, timezone.now())
    _tell(Job.objects.filter(pk__in=gone).visual())
    return len(gone)

"""What of uploads nobody wants any more: left half way, without a row, or long over."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from library.background import Run
from library.bulk.models import Batch
from library.transfer.models import BUCKET, Import, Upload
from ourvidz.media import buckets

KEPT_DAYS = 30  # of what has ended
SETTLED = timedelta(hours=1)  # the row of a younger part may not be committed yet
BATCH = 500
_KEY = re.compile(r"\d+/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")


def abandoned() -> QuerySet[Upload]:
    """Uploads that nothing came of for UPLOAD_HOURS."""
    before = timezone.now() - timedelta(hours=settings.UPLOAD_HOURS)
    return Upload.objects.filter(status=Upload.Status.RECEIVING, turn_at__lt=before)


def old() -> list[QuerySet]:
    """Rows of what ended long ago. An undo goes with its batch, so that neither misleads."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    ended = Q(status__in=Run.ENDED, ended_at__lt=before)
    idle = Q(import_run=None) | Q(import_run__ended_at__lt=before)
    batches = Batch.objects.filter(ended, Q(undone_by=None) | Q(undone_by__ended_at__lt=before))
    return [Upload.objects.filter(ended & idle), batches]


def remove() -> None:
    """Remove both, with the files that go with them."""
    for rows in (abandoned(), *old()):
        rows.delete()


def stray_parts() -> Iterator[str]:
    """Keys in the bucket that belong to no upload that may still need them."""
    keys = buckets.each_key(BUCKET)
    while some := list(islice(keys, BATCH)):
        needing = _needed({match[1] for key in some if (match := _KEY.match(key))})
        yield from (key for key in some if key not in needing and _is_settled(key))


def sweep() -> int:
    """Remove them; how many."""
    strays = list(stray_parts())
    for start in range(0, len(strays), BATCH):
        buckets.remove(BUCKET, strays[start : start + BATCH])
    buckets.remove_partials(BUCKET)
    return len(strays)


def _needed(ids: set[str]) -> set[str]:
    waiting = Q(status__in=[Run.Status.RECEIVING, Run.Status.QUEUED, Run.Status.RUNNING])
    importing = Q(import_run__in=Import.objects.unfinished())
    uploads = Upload.objects.filter(waiting | importing, pk__in=ids)
    return {key for upload in uploads for key in upload.keys}


def _is_settled(key: str) -> bool:
    try:
        written_at = buckets.bucket_named(BUCKET).get_modified_time(key)
    except FileNotFoundError:
        return False
    return written_at < timezone.now() - SETTLED

"""Remove ended jobs for good, with everything that they made; for operators.

Saved copies in the library stay, and so does the usage log. As with the trash: mark, commit,
remove the files, drop the rows last.
"""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from generation.models import Job
from generation.models.job import ENDED, JobQuerySet
from ourvidz.live import announce
from ourvidz.media import buckets


def purge(jobs: JobQuerySet) -> int:
    """Remove those of `jobs` that ended, once the transaction commits; how many."""
    ended = list(jobs.order_by().filter(status__in=ENDED).values_list("pk", "owner_id"))
    for job_id, owner_id in ended:
        _remove(job_id)
        announce(owner_id, "job.changed", job_id)
    return len(ended)


def _remove(job_id: UUID) -> None:
    # Out of the workspace first: nobody is shown a job whose files are going.
    Job.objects.filter(pk=job_id).update(removed_at=timezone.now())
    transaction.on_commit(partial(_remove_with_files, job_id))


def _remove_with_files(job_id: UUID) -> None:
    job = Job.objects.prefetch_related("assets").get(pk=job_id)
    for asset in job.assets.all():
        buckets.remove(asset.bucket, asset.keys)
    job.delete()

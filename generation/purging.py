"""Remove ended jobs for good, with everything that they made; for operators.

Saved copies in the library stay, and so does the usage log. As with the trash: mark, commit,
remove the files, drop the rows last. What is cut off in between can be purged again.
"""

import logging

from django.utils import timezone

from generation.models import Job
from generation.models.job import ENDED, JobQuerySet
from ourvidz.live import announce
from ourvidz.media import buckets

logger = logging.getLogger(__name__)


def purge(jobs: JobQuerySet) -> int:
    """Remove those of `jobs` that ended; how many. Not inside a transaction."""
    ended = jobs.order_by().filter(status__in=ENDED).values_list("pk", flat=True)
    # Out of the workspace first: nobody is shown a job whose files are going.
    marked = Job.objects.filter(pk__in=list(ended))
    marked.filter(removed_at=None).update(removed_at=timezone.now())
    return sum(_remove(job) for job in marked.prefetch_related("assets"))


def _remove(job: Job) -> bool:
    try:
        for asset in job.assets.all():
            buckets.remove(asset.bucket, asset.keys)
    except OSError:
        logger.exception("job %s stays until its files can be removed", job.pk)
        return False
    announce(job.owner_id, "job.changed", job.pk)
    job.delete()
    return True

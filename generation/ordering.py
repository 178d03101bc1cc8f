"""The order in which a user's own queued jobs run."""

from collections.abc import Sequence

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F

from generation import queue
from generation.models import Job
from generation.models.job import Status
from ourvidz.errors import StateError
from ourvidz.live import announce

STARTED = "This job is no longer queued, so it cannot be moved."


@transaction.atomic
def move(job: Job, before: Job | None) -> None:
    """Put the queued `job` before another one of its owner's lane, or last.

    StateError if it started or ended meanwhile; where `before` did, the job becomes the next.
    """
    # The claim of a job takes the same lock, so nothing starts while this is read and written.
    get_user_model().objects.select_for_update(no_key=True).get(pk=job.owner_id)
    queued = queued_in_order(job.owner_id, job.lane)
    if job not in queued:
        raise StateError(STARTED)
    _renumber(_moved(queued, job, before))
    queue.wake(job.lane)


def queued_in_order(owner_id: int, lane: str) -> list[Job]:
    """The owner's queued jobs of `lane` in the order in which they run, held ones included."""
    queued = Job.objects.filter(owner=owner_id, lane=lane, status=Status.QUEUED)
    return list(queued.order_by("-priority", "created_at", "id"))


def _moved(queued: list[Job], job: Job, before: Job | None) -> list[Job]:
    others = [other for other in queued if other != job]
    place = len(others) if before is None else 0
    if before in others:
        place = others.index(before)
    return [*others[:place], job, *others[place:]]


def _renumber(ordered: list[Job]) -> None:
    for job, priority in zip(ordered, priorities(ordered), strict=True):
        if job.priority != priority:
            row = Job.objects.filter(pk=job.pk, status=Status.QUEUED)
            row.update(priority=priority, version=F("version") + 1)
            announce(job.owner_id, "job.changed", job.pk)


def priorities(ordered: Sequence[Job]) -> list[int]:
    """Priorities under which jobs run in the order given; the last has 0, as new jobs have.

    Two neighbours share one where the time they were made puts them in order already.
    """
    found: list[int] = []
    for job, following in zip(reversed(ordered), [None, *reversed(ordered)], strict=False):
        if following is None:
            found.append(0)
            continue
        in_order = (job.created_at, job.pk) < (following.created_at, following.pk)
        found.append(found[-1] if in_order else found[-1] + 1)
    return found[::-1]

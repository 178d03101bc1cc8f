"""The only place that changes a job's status.

Each change is one conditional UPDATE whose count decides: whoever comes late, twice or with
an old fence changes nothing and is told so by False. An ended job never comes back.
Every update by a worker asks for the job to be running under the fence it was claimed with.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from generation import claims, other_sizes, queue
from generation.models import Job, UsageEntry
from generation.models.job import JobQuerySet, Status
from generation.outputs import Output
from generation.signals import job_completed, outputs_made
from generation.vocabulary import JOB_TYPES
from ourvidz.live import announce

RETRY_SECONDS = 5
LOST_AT_ONCE = 500
IDLE: dict[str, Any] = {"lease_expires_at": None, "progress": {}, "previews": {}}


def claim(lanes: Sequence[str], worker: str, lacks: Collection[str] = ()) -> Job | None:
    """Take the fairest job that may start in `lanes`, the first lane that has one.

    Jobs for models called `lacks` are left to workers who have them.
    """
    for lane in claims.lanes_served(lanes, lacks):
        for owner_id in claims.owners_in_turn(lane, lacks):
            job = claim_of(owner_id, lane, worker, lacks)
            if job:
                return job
    return None


@transaction.atomic
def claim_of(owner_id: int, lane: str, worker: str, lacks: Collection[str] = ()) -> Job | None:
    """Take the next job of one owner; None if another worker was faster, or it may not start."""
    job = claims.next_of(owner_id, lane, lacks)
    if job is None:
        return None
    now = timezone.now()
    untouched = Job.objects.filter(pk=job.pk, status=Status.QUEUED, held=False, fence=job.fence)
    taken = untouched.update(
        status=Status.RUNNING,
        fence=F("fence") + 1,
        attempts=F("attempts") + 1,
        worker=worker,
        lease_expires_at=_lease_end(),
        started_at=now,
        progress={},
        previews={},
        error="",
        version=F("version") + 1,
    )
    if not taken:
        return None
    announce(owner_id, "job.changed", job.pk)
    return Job.objects.select_related("waits_for", "owner").get(pk=job.pk)


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)


def _held_by(job: Job) -> JobQuerySet:
    """The row, if it still runs under the fence that `job` was claimed with."""
    return Job.objects.filter(pk=job.pk, status=Status.RUNNING, fence=job.fence)


def holds(job: Job) -> bool:
    """Whether the worker should go on: not cancelled, nor given to another."""
    return _held_by(job).exists()


def renew(job: Job) -> bool:
    """Keep the lease alive."""
    return bool(_held_by(job).update(lease_expires_at=_lease_end()))


def report_progress(job: Job, progress: dict, previews: dict | None = None) -> bool:
    """Store how far it is and renew the lease; False says stop: cancelled, or lease lost."""
    columns: dict[str, Any] = {"progress": progress, "lease_expires_at": _lease_end()}
    if previews is not None:
        columns["previews"] = previews
    if not _held_by(job).update(**columns):
        return False
    announce(job.owner_id, "job.progress", job.pk)
    return True


def amend(job: Job, **columns) -> bool:
    """Store what the worker learned: the prompt it used, a note, what made it."""
    return bool(_change(_held_by(job), job, **columns))


@transaction.atomic
def add_outputs(job: Job, outputs: Sequence[Output]) -> bool:
    """Announce finished outputs while the job goes on."""
    columns = other_sizes.told(job, outputs)
    if not _change(_held_by(job), job, lease_expires_at=_lease_end(), **columns):
        return False
    outputs_made.send(Job, job=job, outputs=list(outputs))
    return True


@transaction.atomic
def complete(job: Job, outputs: Sequence[Output] = (), *, text: str = "") -> bool:
    """End it well, with the outputs not announced yet, or with the text it made."""
    if outputs and not add_outputs(job, outputs):
        return False
    columns = {"enhanced_prompt": text} if text else {}
    if not _end(_held_by(job), job, Status.COMPLETED, **columns):
        return False
    job_completed.send(Job, job=job)
    return True


@transaction.atomic
def fail(job: Job, reason: str, *, retry: bool = False) -> bool:
    """End it badly, for a reason its owner reads; or queue it again where that may help."""
    if retry and job.attempts < settings.MAX_ATTEMPTS:
        wait = timedelta(seconds=RETRY_SECONDS * job.attempts)
        # What it waited for was settled when it started; only the pause is left.
        return _requeue(
            _held_by(job), job, error=reason, waits_for=None, waits_until=timezone.now() + wait
        )
    return _end(_held_by(job), job, Status.FAILED, error=reason)


@transaction.atomic
def give_back(job: Job) -> bool:
    """Queue it again because the worker is asked to stop; that costs no attempt."""
    return _requeue(_held_by(job), job, attempts=F("attempts") - 1)


def take_up(job: Job) -> bool:
    """Go on with a job that was lost and that nobody has claimed since, as its fence shows.

    For a worker that was cut off and still has what it made. It counts as the same attempt,
    and it may be one more than `RUNNING_JOBS_PER_USER` for as long as it takes.
    """
    lost = Job.objects.filter(pk=job.pk, status=Status.QUEUED, held=False, fence=job.fence)
    columns = {"status": Status.RUNNING, "lease_expires_at": _lease_end()}
    return bool(_change(lost.exclude(worker=""), job, **columns))


@transaction.atomic
def request_cancel(job: Job) -> bool:
    """Cancel it in whatever state it is, at once; its worker finds out at its next step."""
    unfinished = Job.objects.unfinished().filter(pk=job.pk)
    return _end(unfinished, job, Status.CANCELLED, cancel_requested_at=timezone.now())


def requeue_lost() -> list[Job]:
    """Queue again the jobs whose worker went silent; fail those that had every attempt."""
    lost = Job.objects.lost().order_by("lease_expires_at")[:LOST_AT_ONCE]
    return [job for job in lost if _recover(job)]


@transaction.atomic
def _recover(job: Job) -> bool:
    row = _held_by(job).filter(lease_expires_at__lt=timezone.now())
    if job.attempts >= settings.MAX_ATTEMPTS:
        return _end(row, job, Status.FAILED, error=worker_stopped(job.attempts))
    return _requeue(row, job, worker=job.worker)  # who may take it up again


def worker_stopped(attempts: int) -> str:
    """Why a job failed that lost its worker at every attempt."""
    times = {1: "once", 2: "twice", 3: "three times"}.get(attempts, f"{attempts} times")
    return (
        f"The worker stopped {times} while making this. "
        "Try again; if it happens once more, use fewer steps or a smaller batch."
    )


def _change(row: JobQuerySet, job: Job, **columns) -> int:
    """The conditional UPDATE behind every transition, and its news."""
    changed = row.update(version=F("version") + 1, **columns)
    if changed:
        announce(job.owner_id, "job.changed", job.pk)
    return changed


def _requeue(row: JobQuerySet, job: Job, **columns) -> bool:
    columns = {"worker": "", **IDLE, **columns}
    if not _change(row, job, status=Status.QUEUED, **columns):
        return False
    queue.wake(job.lane)
    return True


def _end(row: JobQuerySet, job: Job, status: Status, **columns) -> bool:
    now = timezone.now()
    if not _change(row, job, status=status, ended_at=now, **IDLE, **columns):
        return False
    _record_usage(Job.objects.get(pk=job.pk), now)
    _wake_freed(job)
    return True


def _record_usage(job: Job, ended_at: datetime) -> None:
    """One entry for the ended job; only a completed one costs credits."""
    completed = job.status == Status.COMPLETED
    seconds = (ended_at - job.started_at).total_seconds() if job.started_at else 0.0
    UsageEntry.objects.create(
        owner_id=job.owner_id,
        job=job,
        job_type=job.job_type,
        status=job.status,
        credits=JOB_TYPES[job.job_type].credits if completed else 0,
        seconds=seconds,
        outputs=job.assets.count(),
    )


def _wake_freed(job: Job) -> None:
    """Wake the lanes where a job may start now: this user's next, and those that waited."""
    queued = Job.objects.filter(owner=job.owner_id, status=Status.QUEUED).order_by()
    for lane in queued.values_list("lane", flat=True).distinct():
        queue.wake(lane)

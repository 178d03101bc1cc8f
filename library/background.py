"""Work that outlives a request: claimed by a process, done in steps, taken up after a crash.

A row says how far it is. Whoever works on it holds a lease and a fencing number; a process that
lost either learns it at its next step and leaves the row alone. `manage.py library_work` runs it.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 3
BROKEN = "It stopped here three times. Ask the operator of the studio to look into its log."


class Refused(Exception):  # noqa: N818 - the work's own fault, not an error of ours
    """It cannot be done; the message says why and what to do, to its owner."""


class Interrupted(Exception):  # noqa: N818 - nobody's fault
    """Another process has it now, or its owner has cancelled it."""


class RunQuerySet(models.QuerySet[Any]):
    def owned_by(self, user) -> "RunQuerySet":
        return self.filter(owner=user)

    def unfinished(self) -> "RunQuerySet":
        return self.filter(status__in=[Run.Status.QUEUED, Run.Status.RUNNING])

    def free(self) -> "RunQuerySet":
        """Unfinished, and in nobody's hands; what has waited longest comes first."""
        now = timezone.now()
        idle = Q(lease_expires_at=None) | Q(lease_expires_at__lt=now)
        return self.unfinished().filter(idle).order_by("turn_at", "id")

    def held(self, run: "Run") -> "RunQuerySet":
        """The row of `run` while this process has it and its owner wants it."""
        return self.filter(
            pk=run.pk, fence=run.fence, status=Run.Status.RUNNING, cancel_requested_at=None
        )


class Run(models.Model):
    """A piece of work of one owner, with its progress and its end."""

    class Status(models.TextChoices):
        RECEIVING = "receiving", "Receiving"  # only of uploads
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        COMPLETED = "completed", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    ENDED = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    turn_at = models.DateTimeField(default=timezone.now, help_text="Earlier ones come first.")
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0, help_text="Grows with each claim.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Since it last got on.")

    objects = RunQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-created_at", "-id"]

    @property
    def ended(self) -> bool:
        return self.status in self.ENDED

    @property
    def is_stopping(self) -> bool:
        return self.cancel_requested_at is not None and not self.ended

    def advance(self, **columns: Any) -> None:
        """Keep `columns` and the lease; Interrupted where it is no longer ours to do."""
        columns |= {"lease_expires_at": timezone.now() + LEASE, "attempts": 0}
        self._change(**columns)

    def give_back(self, **columns: Any) -> None:
        """Keep `columns` and let another have its turn first."""
        columns |= {"lease_expires_at": None, "attempts": 0, "turn_at": timezone.now()}
        self._change(**columns)

    def finish(self, status: str = Status.COMPLETED, **columns: Any) -> None:
        """End it, in the transaction that makes its last change true."""
        self._change(status=status, ended_at=timezone.now(), lease_expires_at=None, **columns)

    def release(self) -> None:
        """Let go of what is needed only until it has ended."""

    def _change(self, **columns: Any) -> None:
        if not type(self).objects.held(self).update(**columns):
            raise Interrupted
        for name, value in columns.items():
            setattr(self, name, value)

    def request_cancel(self) -> None:
        """Stop it at its next step; what ended before stays as it ended."""
        now = timezone.now()
        unfinished = type(self).objects.unfinished().filter(pk=self.pk)
        unfinished.update(cancel_requested_at=now, lease_expires_at=None)
        self.refresh_from_db()


Work = TypeVar("Work", bound=Run)


def work_off(model: type[Work], step: Callable[[Work], None]) -> int:
    """Do everything of `model` that is free, one `step` of each in turn; number of steps."""
    steps = 0
    while run := _claimed(model):
        _take(run, step)
        steps += 1
    return steps


def _claimed(model: type[Work]) -> Work | None:
    """The next in turn, in our hands now; None where nothing is free."""
    while pk := model.objects.free().values_list("pk", flat=True).first():
        lease = {"status": Run.Status.RUNNING, "lease_expires_at": timezone.now() + LEASE}
        ours = model.objects.free().filter(pk=pk)
        if ours.update(fence=F("fence") + 1, attempts=F("attempts") + 1, **lease):
            return model.objects.get(pk=pk)
    return None


def _take(run: Work, step: Callable[[Work], None]) -> None:
    if run.cancel_requested_at:
        _end(run, Run.Status.CANCELLED)
    elif run.attempts > MOST_ATTEMPTS:
        _end(run, Run.Status.FAILED, error=BROKEN)
    else:
        _step(run, step)


def _step(run: Work, step: Callable[[Work], None]) -> None:
    try:
        step(run)
    except Refused as reason:
        _end(run, Run.Status.FAILED, error=str(reason))
    except Interrupted:
        logger.info("%s %s was cancelled or taken over", run._meta.label, run.pk)
    except Exception:
        # The lease runs out, and then it is tried again: that is the pause between attempts.
        logger.exception("%s %s stopped", run._meta.label, run.pk)


def _end(run: Work, status: str, **columns: Any) -> None:
    ours = type(run).objects.unfinished().filter(pk=run.pk, fence=run.fence)
    if ours.update(status=status, ended_at=timezone.now(), lease_expires_at=None, **columns):
        run.refresh_from_db()
        run.release()

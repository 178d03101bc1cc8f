"""Whose turn it is in a lane: round robin between users, each one's own order within."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from generation.models import Job
from generation.vocabulary import Lane


def _last_start(lane: str) -> Subquery:
    """When the user's last job of `lane` started; null for none yet."""
    started = Job.objects.filter(owner=OuterRef("pk"), lane=lane, started_at__isnull=False)
    return Subquery(started.order_by("-started_at").values("started_at")[:1])


def running_renders(owner) -> QuerySet[Job]:
    """What counts against the user's limit; text takes seconds and does not."""
    return Job.objects.filter(owner=owner, status=Job.Status.RUNNING).visual()


def _running() -> Coalesce:
    counted = running_renders(OuterRef("pk")).order_by().values("owner")
    number = Subquery(counted.annotate(number=Count("pk")).values("number"))
    return Coalesce(number, 0, output_field=IntegerField())


def owners_in_turn(lane: str) -> list[int]:
    """Ids of users who have a job that may start in `lane`, who waited longest first."""
    waiting = Job.objects.waiting(lane).order_by().values("owner")
    owners = get_user_model().objects.filter(pk__in=waiting)
    if lane != Lane.CHAT:
        owners = owners.annotate(running=_running()).filter(
            running__lt=settings.RUNNING_JOBS_PER_USER
        )
    turns = owners.annotate(turn=_last_start(lane)).order_by(F("turn").asc(nulls_first=True), "pk")
    return list(turns.values_list("pk", flat=True))


def next_of(owner_id: int, lane: str) -> Job | None:
    """The user's next job in `lane`, read with the user locked so that their limit holds.

    Without the lock two workers could each see one free place and take both.
    """
    get_user_model().objects.select_for_update(no_key=True).get(pk=owner_id)
    if lane != Lane.CHAT and running_renders(owner_id).count() >= settings.RUNNING_JOBS_PER_USER:
        return None
    return Job.objects.waiting(lane).filter(owner=owner_id).first()

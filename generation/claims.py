"""Whose turn it is in a lane: round robin between users, each one's own order within."""

from collections.abc import Collection, Sequence

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from generation.catalogue import chat_model
from generation.models import Job
from generation.models.job import JobQuerySet
from generation.turns import Head
from generation.vocabulary import Lane

MOST_HEADS = 20  # owners that are looked at for a job whose model is in memory


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


def lanes_served(lanes: Sequence[str], lacks: Collection[str]) -> list[str]:
    """`lanes` without that of prompts, where the model that improves them is lacking."""
    if Lane.CHAT not in lanes or not lacks:
        return list(lanes)
    chat = chat_model()
    return [lane for lane in lanes if not (lane == Lane.CHAT and chat and chat.name in lacks)]


def takeable(lane: str, lacks: Collection[str] = ()) -> JobQuerySet:
    """Jobs of `lane` that may start at a worker that has not the models called `lacks`.

    One whose model is registered no more is nobody's lack: who takes it says so to its owner.
    """
    waiting = Job.objects.waiting(lane)
    if not lacks or lane == Lane.CHAT:  # whose jobs name the model that their prompt is for
        return waiting
    return waiting.exclude(model__in=lacks)


def owners_in_turn(lane: str, lacks: Collection[str] = ()) -> list[int]:
    """Ids of users who have a job that may start in `lane`, who waited longest first."""
    return list(_in_turn(lane, lacks).values_list("pk", flat=True))


def heads(lanes: Sequence[str], lacks: Collection[str] = ()) -> list[Head]:
    """The next job of those whose turn comes soonest, the first lane's first; one query a lane."""
    return [head for lane in lanes for head in _heads_of(lane, lacks)]


def _heads_of(lane: str, lacks: Collection[str]) -> list[Head]:
    first = takeable(lane, lacks).filter(owner=OuterRef("pk")).values("model")[:1]
    owners = _in_turn(lane, lacks).annotate(wants=Subquery(first))[:MOST_HEADS]
    found = owners.values_list("pk", "wants")
    if lane == Lane.CHAT:
        chat = chat_model()
        return [Head(pk, lane, chat.name if chat else "") for pk, _ in found]
    return [Head(pk, lane, model) for pk, model in found]


def _in_turn(lane: str, lacks: Collection[str]) -> QuerySet:
    waiting = takeable(lane, lacks).order_by().values("owner")
    owners = get_user_model().objects.filter(pk__in=waiting)
    if lane != Lane.CHAT:
        owners = owners.annotate(running=_running()).filter(
            running__lt=settings.RUNNING_JOBS_PER_USER
        )
    return owners.annotate(turn=_last_start(lane)).order_by(F("turn").asc(nulls_first=True), "pk")


def next_of(owner_id: int, lane: str, lacks: Collection[str] = ()) -> Job | None:
    """The user's next job in `lane`, read with the user locked so that their limit holds.

    Without the lock two workers could each see one free place and take both.
    """
    get_user_model().objects.select_for_update(no_key=True).get(pk=owner_id)
    if lane != Lane.CHAT and running_renders(owner_id).count() >= settings.RUNNING_JOBS_PER_USER:
        return None
    return takeable(lane, lacks).filter(owner=owner_id).first()

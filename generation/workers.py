"""The workers that there are: what each tells of itself, and what they can serve together."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from generation.models import Worker
from generation.vocabulary import Lane, Model

FORGOTTEN_HOURS = 24
_OF_LANE = {Lane.SDXL: [Model.SDXL], Lane.WAN: [Model.WAN], Lane.CHAT: []}


def available_models() -> set[str]:
    """Names of the models that workers announced who were heard of within a minute; one query."""
    announced = Worker.objects.alive().values_list("models", flat=True)
    return {name for models in announced for name in models}


def models_of(lanes: Iterable[str]) -> list[str]:
    """What a worker of `lanes` serves that says nothing else: the models by the lanes' names."""
    return [str(model) for lane in lanes for model in _OF_LANE[Lane(lane)]]


def note(name: str, kind: str, **told: Any) -> Worker:
    """Keep what a worker tells of itself now, as columns of `Worker`."""
    columns = {"kind": kind, "seen_at": timezone.now(), **told}
    return Worker.objects.update_or_create(name=name, defaults=columns)[0]


def heard(name: str, **told: Any) -> None:
    """A worker that is known told something of itself."""
    Worker.objects.filter(name=name).update(seen_at=timezone.now(), **told)


def took(name: str, job_id: UUID) -> None:
    """Worker `name` runs `job_id` now."""
    Worker.objects.filter(name=name).update(last_job=job_id)


def leave(name: str) -> None:
    """It ended as it should; nobody needs to look for it."""
    Worker.objects.filter(name=name).delete()


def forgotten() -> QuerySet[Worker]:
    """Workers that went without a word, and so long ago that nobody asks for them."""
    return Worker.objects.filter(seen_at__lt=timezone.now() - timedelta(hours=FORGOTTEN_HOURS))

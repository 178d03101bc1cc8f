"""The workers that there are: what each tells of itself, and what they can serve together."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from generation.announcements import Announcement
from generation.catalogue import active_models
from generation.models import Worker

FORGOTTEN_HOURS = 24


def announcement() -> Announcement | None:
    """What the workers tell who were heard of within a minute; one query.

    None where no worker is known at all, also none that went without a word.
    """
    known = list(Worker.objects.all())
    if not known:
        return None
    alive = [worker for worker in known if worker.is_alive]
    return Announcement(
        lanes=frozenset(lane for worker in alive for lane in worker.lanes),
        models={name: "" for worker in alive for name in worker.models},
        words=_words(alive),
    )


def _words(workers: Iterable[Worker]) -> dict[str, list[str]]:
    """By model, each word once."""
    words: dict[str, dict[str, None]] = {}
    for worker in workers:
        for model, told in worker.words.items():
            words.setdefault(model, {}).update(dict.fromkeys(told))
    return {model: list(told) for model, told in words.items()}


def models_of(lanes: Iterable[str]) -> list[str]:
    """What a worker of `lanes` serves that says nothing else: every active model of them."""
    served = set(lanes)
    return [model.name for model in active_models() if model.lane in served]


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

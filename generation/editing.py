"""Changing one's own jobs while they are queued."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.db import transaction
from django.db.models import F
from pydantic import Field, ValidationError

from generation import queue
from generation.composition import compose
from generation.content import check_content
from generation.fields import NegativePrompt, Prompt, Seed, StrictModel
from generation.messages import RULES
from generation.models import Job
from generation.models.job import Status
from generation.requests import validate
from ourvidz.errors import RequestError, StateError
from ourvidz.live import announce
from ourvidz.sentences import field_errors

PRIORITY_MAXIMUM = 100
NOT_QUEUED = "This job is no longer queued, so it cannot be changed."

Priority = Annotated[int, Field(ge=-PRIORITY_MAXIMUM, le=PRIORITY_MAXIMUM)]


class JobChanges(StrictModel):
    """What may change; what is left out stays."""

    priority: Priority | None = None
    held: bool | None = None
    prompt: Prompt | None = None
    negative_prompt: NegativePrompt | None = None
    seed: Seed | None = None

    @classmethod
    def of(cls, data: Any) -> "JobChanges":
        """Checked changes, or RequestError with every wrong field."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise RequestError(field_errors(error.errors(include_url=False), RULES)) from error


@transaction.atomic
def edit(job: Job, changes: JobChanges) -> Job:
    """Apply `changes` if the job is still queued; StateError if it started or ended meanwhile."""
    given = changes.model_dump(exclude_none=True)
    columns: dict[str, Any] = {
        name: given.pop(name) for name in ("priority", "held") if name in given
    }
    if given:
        columns.update(_content_columns(job, given))
    queued = Job.objects.filter(pk=job.pk, status=Status.QUEUED)
    # Whoever lost it made something else, and may not take it up again.
    if not queued.update(version=F("version") + 1, worker="", **columns):
        raise StateError(NOT_QUEUED)
    announce(job.owner_id, "job.changed", job.pk)
    queue.wake(job.lane)
    return Job.objects.get(pk=job.pk)


def _content_columns(job: Job, given: Mapping[str, Any]) -> dict[str, Any]:
    """Columns for a request with another prompt or seed, through the validation of new ones."""
    request = validate({**job.settings, **given})
    check_content(job.owner, request)
    columns: dict[str, Any] = {
        "settings": {**job.settings, **given},
        "original_prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "composed_prompt": "" if request.enhancement_only else compose(request).text,
        "seed": given.get("seed", job.seed),
    }
    if "prompt" in given and job.waits_for_id and not _passed_on(job, request.prompt):
        columns["waits_for"] = columns["waits_until"] = None  # what was enhanced is gone
    return columns


def _passed_on(job: Job, prompt: str) -> bool:
    """Whether the enhancement that the job waits for could take the new prompt too."""
    waited_for = Job.objects.filter(waiting_jobs=job, status=Status.QUEUED)
    settings = {**job.settings, "prompt": prompt}
    return bool(
        waited_for.update(original_prompt=prompt, settings=settings, version=F("version") + 1)
    )

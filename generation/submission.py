"""From a validated request to a queued job: the one door of page, API and retry."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone

from generation import queue
from generation.composition import compose
from generation.content import check_content
from generation.controls import REFERENCE_FIELDS
from generation.models import Job, JobReference, Lineage, Reference
from generation.models.job import Status
from generation.references import gathered
from generation.requests import GenerationRequest, validate
from generation.vocabulary import JOB_TYPES, SEED_MAXIMUM, EnhancementMethod, JobType
from ourvidz.errors import LimitError, RequestError, StateError
from ourvidz.live import announce

# Two attempts of 60 s and a pause (FACTS); then the job goes on with the typed prompt.
ENHANCEMENT_PATIENCE = timedelta(seconds=130)
IDEMPOTENCY_KEY_CHARACTERS = 120
NO_ROOM = "The first word is too long for the model. Use ordinary words."


def submit(
    owner, request: GenerationRequest, *, idempotency_key: str = "", parent: Job | None = None
) -> Job:
    """Queue `request` and wake its lane; the same key gives the same job.

    RequestError or LimitError leave nothing behind, neither rows nor files.
    """
    _check_key(idempotency_key)
    if earlier := _earlier(owner, idempotency_key):
        return earlier
    check_content(owner, request)
    _check_room(request)
    _check_limit(owner)
    try:
        with gathered(owner, request) as references, transaction.atomic():
            return _create(owner, request, references, idempotency_key, parent)
    except IntegrityError:
        if earlier := _earlier(owner, idempotency_key):
            return earlier  # another request with this key came first
        raise


def regenerate(job: Job) -> Job:
    """The same request again, with a new seed unless its seed is locked."""
    seed = job.seed if job.settings.get("seed_locked") else None
    return submit(job.owner, validate({**job.settings, "seed": seed}), parent=job)


def retry(job: Job) -> Job:
    """The same request and seed as a new job, which takes the place of one that failed.

    Asking twice gives the same job. What the old one had finished stays in the workspace.
    """
    if job.status not in (Status.FAILED, Status.CANCELLED):
        raise StateError("Only a failed or cancelled job can be retried.")
    request = validate({**job.settings, "seed": job.seed})
    with transaction.atomic():
        again = submit(job.owner, request, idempotency_key=f"retry {job.pk}", parent=job)
        Job.objects.filter(pk=job.pk, removed_at=None, assets=None).update(
            removed_at=timezone.now()
        )
        announce(job.owner_id, "job.changed", job.pk)
    return again


def _check_key(key: str) -> None:
    if len(key) > IDEMPOTENCY_KEY_CHARACTERS:
        sentence = f"Use a key of at most {IDEMPOTENCY_KEY_CHARACTERS} characters."
        raise RequestError({"Idempotency-Key": [sentence]})


def _earlier(owner, key: str) -> Job | None:
    """The job that was made with `key` before."""
    return Job.objects.owned_by(owner).filter(idempotency_key=key).first() if key else None


def _check_room(request: GenerationRequest) -> None:
    """Refuse a prompt of which nothing would reach the model."""
    composed = compose(request)
    if composed.text == compose(request, "").text and composed.dropped:
        raise RequestError({"prompt": [NO_ROOM]})


def _check_limit(owner) -> None:
    limit = settings.QUEUED_JOBS_PER_USER
    if Job.objects.owned_by(owner).filter(status=Status.QUEUED).count() >= limit:
        raise LimitError(f"You have {limit} jobs in the queue. Wait for some, or cancel them.")


def _create(
    owner,
    request: GenerationRequest,
    references: Mapping[str, Reference],
    idempotency_key: str,
    parent: Job | None,
) -> Job:
    """The rows of one submission; the owner's row is locked so that the limit holds."""
    get_user_model().objects.select_for_update(no_key=True).get(pk=owner.pk)
    _check_limit(owner)
    seed = _random_seed(request) if request.seed is None else request.seed
    columns = {
        "owner": owner,
        "mode": request.mode,
        "quality": request.quality,
        "model": request.model,
        "model_label": request.spec.label,
        "original_prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "settings": settings_of(request, seed, references),
        "seed": seed,
    }
    waits: dict[str, Any] = {}
    if request.enhancement != EnhancementMethod.NONE and not request.enhancement_only:
        waits["waits_for"] = _queue(JOB_TYPES["enhancement"], columns)
        waits["waits_until"] = timezone.now() + ENHANCEMENT_PATIENCE
    job = _queue(
        request.job_type,
        {**columns, **waits, **_render_columns(request)},
        idempotency_key=idempotency_key,
        parent=parent,
    )
    _attach(job, request, references)
    return job


def _queue(job_type: JobType, columns: Mapping[str, Any], **more: Any) -> Job:
    job = Job.objects.create(job_type=job_type.name, lane=job_type.lane, **columns, **more)
    announce(job.owner_id, "job.changed", job.pk)
    queue.wake(job.lane)
    return job


def _render_columns(request: GenerationRequest) -> dict[str, Any]:
    """What only a job that makes pictures or clips has."""
    if request.enhancement_only:
        return {}
    width, height = request.size
    return {
        "composed_prompt": compose(request).text,
        "count": request.batch_size,
        "width": width,
        "height": height,
    }


def _random_seed(request: GenerationRequest) -> int:
    """Leaves room for seed + i of the last output."""
    return secrets.randbelow(SEED_MAXIMUM - request.batch_size + 2)


def settings_of(
    request: GenerationRequest, seed: int, references: Mapping[str, Reference]
) -> dict[str, Any]:
    """Every control as plain JSON that `validate` takes again.

    References are the owner's own copies: no URL is kept, nor what may be deleted.
    """
    data = request.model_dump(mode="json", exclude=set(REFERENCE_FIELDS))
    data["seed"] = seed
    for name, _, source in request.references():
        if name in references:
            field = REFERENCE_FIELDS[name]
            data[name] = {
                "upload_id": str(references[name].pk),
                "kind": str(source.kind or field.kind),
                "strength": source.strength or field.strength,
            }
    return data


def _attach(job: Job, request: GenerationRequest, references: Mapping[str, Reference]) -> None:
    """The job's references, each saved now if it is new, and the assets they came from."""
    for name, role, _ in request.references():
        if name not in references:
            continue
        reference, use = references[name], job.settings[name]
        if reference._state.adding:
            reference.save()
        JobReference.objects.create(
            job=job, reference=reference, role=role, kind=use["kind"], strength=use["strength"]
        )
        if reference.source_asset_id:
            Lineage.objects.create(
                job=job, parent_asset_id=reference.source_asset_id, role=Lineage.Role(role)
            )

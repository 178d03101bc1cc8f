"""Giving a job to a worker on another machine. That it waits for one is `long_poll`'s concern."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from generation import claims, enhancement, transitions, workers
from generation.backends.base import BackendError
from generation.catalogue import every_model
from generation.model_spec import ModelSpec
from generation.models import Job, JobReference, Worker, WorkerToken
from generation.models.job import Status
from generation.remote.messages import (
    ClaimBody,
    EnhancementMessage,
    JobMessage,
    ReferenceMessage,
    RenderMessage,
)
from generation.tasks import build_task
from generation.vocabulary import Lane
from generation.worker import missing_indices, registered
from generation.worker_tokens import worker_name
from ourvidz.media import buckets
from ourvidz.media.storages import FileBucket
from ourvidz.media.urls import media_url


def next_job(token: WorkerToken, body: ClaimBody, *, again: bool = False) -> JobMessage | None:
    """The job that this worker has, or the next of its lanes; None if there is none now.

    `again` says that the worker asked a moment ago, and has told of itself then.
    """
    lanes = [lane for lane in body.lanes if lane in token.lanes]
    name = worker_name(token, body.worker)
    if not again:
        _note(token, name, lanes, body)
    lacks = lacking(body, lanes)
    while job := _claimed(name, lanes, lacks):
        if message := _handed_over(job, body):
            return message
    return None


@transaction.atomic
def take_leave(name: str) -> None:
    """Forget a worker that ends; a job that was on its way to it is queued again."""
    _locked(name).first()
    _forget(name)


@transaction.atomic
def take_back(name: str, asked_at: datetime) -> None:
    """The same for one that asked at `asked_at` and had gone before it was answered.

    Unless it was heard of since: then it has asked again, and has been given the job.
    """
    if _locked(name).filter(seen_at__lte=asked_at).first():
        _forget(name)


def _locked(name: str) -> QuerySet[Worker]:
    """The row of a worker, which nobody can be given a job under meanwhile."""
    return Worker.objects.select_for_update(of=("self",)).filter(name=name)


def _forget(name: str) -> None:
    if job := _running(name):
        transitions.give_back(job)
    workers.leave(name)


def lacking(body: ClaimBody, lanes: Sequence[str]) -> frozenset[str]:
    """Names of the registered models of `lanes` that the worker has not, as far as it says."""
    if not body.models:
        return frozenset(body.lacks)
    known = {model.name for model, _ in every_model() if model.lane in lanes}
    return frozenset(known - set(body.models)) | frozenset(body.lacks)


def _note(token: WorkerToken, name: str, lanes: Sequence[str], body: ClaimBody) -> None:
    models = body.models or workers.models_of(lanes)
    workers.note(
        name,
        Worker.Kind.REMOTE,
        token=token,
        lanes=lanes,
        models=[model for model in models if model not in body.lacks],
        words=body.words,
        version=body.version,
        **body.state.dict(),
    )


def _claimed(name: str, lanes: Sequence[str], lacks: Collection[str]) -> Job | None:
    """Its job, under a lock of its row: a call that was given up must not take a second one."""
    served = claims.lanes_served(lanes, lacks)
    if not (_running(name) or any(claims.owners_in_turn(lane, lacks) for lane in served)):
        return None
    with transaction.atomic():
        if _locked(name).filter(token__revoked_at=None).first() is None:
            return None
        job = _running(name) or transitions.claim(lanes, name, lacks)
        if job:
            workers.took(name, job.pk)
        return job


def _running(name: str) -> Job | None:
    running = Job.objects.filter(status=Status.RUNNING, worker=name)
    return running.select_related("waits_for", "owner").first()


def _handed_over(job: Job, body: ClaimBody) -> JobMessage | None:
    """What the worker needs for it; None if it cannot be done, which its owner is told."""
    try:
        if job.lane == Lane.CHAT:
            task, chat = enhancement.task_for(job), enhancement.chat_spec()
            return _message(job, chat, enhancement=EnhancementMessage.of(task))
        model = registered(job)
        backend = body.backends.get(Lane(job.lane), "")
        if not transitions.amend(job, backend=backend, **enhancement.settled_prompt(job)):
            return None
    except BackendError as error:
        transitions.fail(job, str(error), retry=error.retry)
        return None
    job.refresh_from_db(fields=["composed_prompt", "enhanced_prompt", "backend"])
    uses = job.references.select_related("reference")  # type: ignore[attr-defined]
    references = [_reference(use) for use in uses]
    render = RenderMessage.of(build_task(job, missing_indices(job), ()), references)
    return _message(job, model, render=render)


def _message(job: Job, model: ModelSpec, **work) -> JobMessage:
    return JobMessage(
        id=job.pk,
        fence=job.fence,
        lane=job.lane,
        count=job.count,
        lease_seconds=settings.LEASE_SECONDS,
        direct_uploads=not isinstance(buckets.bucket_named("workspace-temp"), FileBucket),
        model=model.as_dict(),
        **work,
    )


def _reference(use: JobReference) -> ReferenceMessage:
    return ReferenceMessage(
        role=use.role,
        kind=use.kind,
        strength=use.strength,
        label=f"{use.get_role_display()} {use.reference}",
        url=media_url(use.reference, "original"),
    )

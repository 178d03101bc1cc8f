"""Running one job: from the claim to its end, whatever happens on the way."""

import logging
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial

from django.db import close_old_connections

from generation import claims, enhancement, transitions
from generation.abilities import lacking
from generation.backends.base import (
    Backend,
    BackendError,
    Cancelled,
    Clip,
    Picture,
    ProcessBroken,
    ReferencePicture,
    RenderTask,
)
from generation.backends.registry import backend_for
from generation.catalogue import GONE, find
from generation.doing import doing
from generation.lease import Lease
from generation.model_spec import ModelSpec
from generation.models import Job, JobReference
from generation.patience import DATABASE_AWAY, insist
from generation.progress import GivenBack
from generation.reasons import reason_for
from generation.reporting import JobReporter
from generation.residency import residents
from generation.storing import store_output
from generation.tasks import build_task
from generation.turns import Turns
from generation.vocabulary import Lane
from ourvidz.media import buckets
from ourvidz.media.probe import MediaError, probe

logger = logging.getLogger(__name__)

turns = Turns()


def process_name() -> str:
    """How this worker is known on the jobs it runs."""
    return f"{socket.gethostname()}:{os.getpid()}"


def take_next(lane: str) -> None:
    """Run the next job of `lane`, if one may start: what a wake-up of `generation.queue` asks."""
    run_next([lane])


def run_next(lanes: Sequence[str]) -> Job | None:
    """Run the fairest job that may start in `lanes`; None if there is none.

    ProcessBroken, once its job is handed back, says that this process has to end.
    """
    close_old_connections()
    job = _claimed(lanes)
    if job:
        run(job)
    return job


def _claimed(lanes: Sequence[str]) -> Job | None:
    """The job whose turn it is, or before it one for a model that is in memory."""
    lacks = lacking(lanes)
    if loaded := residents.names():
        heads = claims.heads(claims.lanes_served(lanes, lacks), lacks)
        head = turns.choose(heads, loaded) if heads else None
        if head and (job := transitions.claim_of(head.owner_id, head.lane, process_name(), lacks)):
            return job
    return transitions.claim(lanes, process_name(), lacks)


def run(job: Job) -> None:
    """Bring a claimed job to its end. Nothing but ProcessBroken leaves this function."""
    logger.info("job %s: attempt %s of %s starts", job.pk, job.attempts, job.job_type)
    doing.last_job = job.pk
    with Lease(job) as lease:
        reporter = JobReporter(job, missing_indices(job), lease)
        try:
            _make(job, reporter)
        except GivenBack:
            logger.info("job %s: given back, this worker is to stop", job.pk)
            _settle(job, partial(transitions.give_back, job))
        except Cancelled:
            logger.info("job %s: cancelled, or no longer ours", job.pk)
        except ProcessBroken as error:
            _fail(job, error)
            raise
        except Exception as error:
            _fail(job, error)


def missing_indices(job: Job) -> tuple[int, ...]:
    """The outputs that no attempt has finished yet."""
    made = set(job.assets.values_list("index", flat=True))
    return tuple(index for index in range(job.count) if index not in made)


def _make(job: Job, reporter: JobReporter) -> None:
    if job.lane == Lane.CHAT:
        finish = partial(transitions.complete, job, text=enhancement.enhance(job, reporter))
    else:
        render(job, reporter)
        finish = partial(transitions.complete, job)
    _store_state(finish, f"job {job.pk}: completing", reporter)


def render(job: Job, reporter: JobReporter) -> None:
    """Make the missing outputs, each announced as soon as it is stored."""
    model = registered(job)
    backend = backend_for(model)
    if not transitions.amend(job, backend=backend.name, **enhancement.settled_prompt(job)):
        raise Cancelled
    job.refresh_from_db(fields=["composed_prompt", "enhanced_prompt", "backend"])
    with ExitStack() as stack:
        task = build_task(job, reporter.indices, _open_references(job, stack))
        for made in _rendered(model, backend, task, reporter):
            output = store_output(job, task, made, backend, reporter)
            add = partial(transitions.add_outputs, job, [output])
            _store_state(add, f"job {job.pk}: announcing output {made.index}", reporter)
            reporter.landed(made.index)
    if reporter.left:
        raise BackendError(f"{len(reporter.left)} of {job.count} were not made.", retry=True)


def registered(job: Job) -> ModelSpec:
    """What is registered under the name that the job asks for."""
    model = find(job.model)
    if model is None:
        raise BackendError(GONE.format(name=job.model_name))
    return model


def _rendered(
    model: ModelSpec, backend: Backend, task: RenderTask, reporter: JobReporter
) -> Iterator[Picture | Clip]:
    """What the backend makes; nothing is loaded where nothing is missing."""
    if task.indices:
        with residents.holding(model, backend, reporter):
            doing.loaded_model = task.model
            yield from backend.render(task, reporter)


def _store_state(store, what: str, reporter: JobReporter) -> None:
    """A transition, with patience for a database that is away; `Cancelled` if it is refused."""
    if not insist(store, what, reporter.go_on_or_raise):
        raise Cancelled


def _open_references(job: Job, stack: ExitStack) -> list[ReferencePicture]:
    """The job's references as local files for as long as `stack` is open."""
    uses = job.references.select_related("reference")
    return [_open_reference(use, stack) for use in uses]


def _open_reference(use: JobReference, stack: ExitStack) -> ReferencePicture:
    reference, name = use.reference, f"{use.get_role_display()} {use.reference}"
    try:
        path = stack.enter_context(buckets.local_copy(reference.bucket, reference.key))
        probe(path)
    except FileNotFoundError as error:
        raise BackendError(f"{name} is gone. Add it again, then retry.") from error
    except MediaError as error:
        raise BackendError(f"{name} is damaged. Add it again, then retry.") from error
    except OSError as error:
        raise BackendError(f"{name} could not be read. Try again.", retry=True) from error
    return ReferencePicture(role=use.role, kind=use.kind, strength=use.strength, path=path)


def _fail(job: Job, error: Exception) -> None:
    reason, retry = reason_for(error)
    if isinstance(error, BackendError):
        logger.warning("job %s: %s", job.pk, reason)
    else:
        logger.error("job %s: failed", job.pk, exc_info=error)
    _settle(job, partial(transitions.fail, job, reason, retry=retry))


def _settle(job: Job, transition) -> None:
    """Store how the attempt went; without a database its lease runs out, which says enough."""
    try:
        insist(transition, f"job {job.pk}: settling", before_retry=lambda: None)
    except DATABASE_AWAY as error:
        logger.error("job %s: left to its lease: %s", job.pk, error)

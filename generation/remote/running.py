"""One job on a machine that has neither the database nor the buckets."""

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generation.backends.base import BackendError, Cancelled, ProcessBroken, ReferencePicture
from generation.backends.registry import backend_for
from generation.doing import doing, memory_bytes
from generation.improving import improve
from generation.model_spec import ModelSpec
from generation.patience import insist
from generation.progress import GivenBack
from generation.reasons import reason_for
from generation.remote.client import Away, Refused, StudioClient
from generation.remote.link import Link, LinkReporter
from generation.remote.messages import JobMessage, ReferenceMessage
from generation.residency import residents
from generation.writing import write_made
from ourvidz.media.probe import MediaError, probe

logger = logging.getLogger(__name__)

UNAUTHORIZED = 401
NOT_ITS = {404, 409}
LAST_WORD_TRIES = 3  # of a worker that is to stop


def state() -> dict[str, Any]:
    """What operators see of this process."""
    return {"loaded_model": doing.loaded_model, "memory_bytes": memory_bytes()}


def run(client: StudioClient, job: JobMessage) -> None:
    """Bring a claimed job to its end; a token that is refused and ProcessBroken leave it."""
    logger.info("job %s starts", job.id)
    doing.last_job = job.id
    with Link(client, job, state) as link:
        reporter = LinkReporter(link, tuple(job.render.indices) if job.render else (0,))
        try:
            _end(client, job, reporter, **_made(client, job, reporter))
        except GivenBack:
            give_back(client, job)
        except Cancelled:
            logger.info("job %s: cancelled, or no longer ours", job.id)
        except Away as error:
            logger.error("job %s: left to its lease: %s", job.id, error)
        except ProcessBroken as error:
            _fail(client, job, reporter, error)
            raise
        except Exception as error:
            _fail(client, job, reporter, error)


def _made(client: StudioClient, job: JobMessage, reporter: LinkReporter) -> dict[str, Any]:
    """What the report of its end says beside that it is completed."""
    if job.enhancement:
        model = ModelSpec(**job.model)
        return {"text": improve(model, job.enhancement.task(), reporter)}
    _render(client, job, reporter)
    return {}


def _render(client: StudioClient, job: JobMessage, reporter: LinkReporter) -> None:
    """Make the missing outputs; each is kept until it is delivered, then the next is made."""
    assert job.render is not None
    model = ModelSpec(**job.model)
    backend = backend_for(model)
    with TemporaryDirectory(prefix="ourvidz-") as name:
        folder = Path(name)
        task = job.render.task(list(_references(client, job, reporter, folder)))
        if not task.indices:
            return
        with residents.holding(model, backend, reporter):
            doing.loaded_model = task.model
            for made in backend.render(task, reporter):
                path = write_made(made, task, backend, folder)
                reporter.saving(made.index)
                _deliver(client, job, reporter, made.index, path)
                reporter.landed(made.index)
                path.unlink()
    if reporter.left:
        raise BackendError(f"{len(reporter.left)} of {job.count} were not made.", retry=True)


def _references(
    client: StudioClient, job: JobMessage, reporter: LinkReporter, folder: Path
) -> Iterator[ReferencePicture]:
    assert job.render is not None
    for number, reference in enumerate(job.render.references):
        path = folder / f"reference-{number}.png"
        fetch = partial(client.download, reference.url, path)
        try:
            insist(fetch, f"job {job.id}: {reference.label}", reporter.go_on_or_raise)
            probe(path)
        except Refused as error:
            raise BackendError(f"{reference.label} is gone. Add it again, then retry.") from error
        except MediaError as error:
            raise BackendError(
                f"{reference.label} is damaged. Add it again, then retry."
            ) from error
        yield _picture(reference, path)


def _picture(reference: ReferenceMessage, path: Path) -> ReferencePicture:
    return ReferencePicture(
        role=reference.role, kind=reference.kind, strength=reference.strength, path=path
    )


def _deliver(
    client: StudioClient, job: JobMessage, reporter: LinkReporter, index: int, path: Path
) -> None:
    """Into the grid, with ten minutes of patience; Cancelled if the studio has no use for it."""
    send = partial(_upload if job.direct_uploads else _send, client, job, index, path)
    try:
        insist(send, f"job {job.id}: output {index}", reporter.go_on_or_raise)
    except Refused as error:
        if error.status in NOT_ITS:
            raise Cancelled from error
        raise


def _form(job: JobMessage, index: int, path: Path) -> dict[str, str]:
    return {"fence": str(job.fence), "index": str(index), "extension": path.suffix[1:]}


def _send(client: StudioClient, job: JobMessage, index: int, path: Path) -> None:
    client.post_form(f"worker/jobs/{job.id}/outputs", _form(job, index, path), path)


def _upload(client: StudioClient, job: JobMessage, index: int, path: Path) -> None:
    """To the store by a fresh URL, then the word that it is there."""
    form = _form(job, index, path)
    place = client.post(f"worker/jobs/{job.id}/uploads", {**form, "size": path.stat().st_size})
    try:
        client.put(place["url"], place["headers"], path)
    except Refused as error:  # an old signature, or a store that is set up wrongly
        raise Away(f"the store refuses the file: {error}") from error
    client.post_form(f"worker/jobs/{job.id}/outputs", form)


def _end(client: StudioClient, job: JobMessage, reporter: LinkReporter, **told: Any) -> None:
    """Tell the end; when that is refused, it has ended otherwise."""
    report = {"job_id": str(job.id), "fence": job.fence, "status": "completed", **told}
    post = partial(client.post, "generation-complete", report)
    try:
        insist(post, f"job {job.id}: its end", reporter.go_on_or_raise)
    except Refused as error:
        if error.status not in NOT_ITS:
            raise
        logger.info("job %s: %s", job.id, error)


def _fail(client: StudioClient, job: JobMessage, reporter: LinkReporter, error: Exception) -> None:
    if isinstance(error, Refused) and error.status == UNAUTHORIZED:
        raise error
    reason, retry = (str(error), False) if isinstance(error, Refused) else reason_for(error)
    known = isinstance(error, BackendError | Refused)
    logger.error("job %s: %s", job.id, reason, exc_info=None if known else error)
    try:
        _end(client, job, reporter, status="failed", error=reason[:1000], retry=retry)
    except GivenBack:
        give_back(client, job)
    except (Cancelled, OSError) as end:
        logger.error("job %s: left to its lease: %s", job.id, end)


def give_back(client: StudioClient, job: JobMessage) -> None:
    """Have another worker do it; if the studio is away too, its lease says the same later."""
    report = {"job_id": str(job.id), "fence": job.fence, "status": "returned"}
    for _ in range(LAST_WORD_TRIES):
        try:
            client.post("generation-complete", report)
        except Refused as error:
            logger.info("job %s: %s", job.id, error)
        except Away as error:
            logger.warning("job %s: not handed back: %s", job.id, error)
            continue
        else:
            logger.info("job %s: handed back", job.id)
        return

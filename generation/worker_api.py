"""The calls of workers that reach the studio by HTTPS alone.

Each is made with a worker's own token; the end of a job may be told by a signed call instead.
"""

from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import File, Form, Router, Schema, Status
from ninja.errors import AuthenticationError, HttpError
from ninja.files import UploadedFile

from generation import completion, handing_over, landing, transitions, workers
from generation.long_poll import ASKED_BEFORE, GONE_SINCE
from generation.models import Job, WorkerToken
from generation.remote.messages import (
    ClaimAnswer,
    ClaimBody,
    DepartureBody,
    OutputAnswer,
    OutputBody,
    ProgressAnswer,
    ProgressBody,
    UploadAnswer,
    UploadBody,
)
from generation.signatures import SignatureError, verify
from generation.worker_tokens import WorkerBearer, job_of, worker_name

BODY_BYTES = 1024 * 1024
NOT_YOURS = "The job is not this worker's any more. Discard what was made of it."


def signed(request: HttpRequest) -> bool:
    """Ninja's authentication, which runs before the body is looked into."""
    length = request.headers.get("Content-Length", "0")
    if not length.isdigit() or int(length) > BODY_BYTES or len(request.body) > BODY_BYTES:
        raise HttpError(413, f"Send at most {BODY_BYTES} bytes.")
    try:
        verify(request)
    except SignatureError as error:
        raise AuthenticationError(message=str(error)) from None
    return True


worker_router = Router(auth=WorkerBearer(), tags=["worker"])


class CompletionAnswer(Schema):
    job_id: UUID
    status: str


@worker_router.post("worker/claim", response=ClaimAnswer)
def claim(request: HttpRequest, body: ClaimBody):
    """Wait for a job. The same worker asking again is given the job that it has."""
    scope = getattr(request, "scope", {})
    if asked_at := scope.get(GONE_SINCE):
        handing_over.take_back(worker_name(_token(request), body.worker), asked_at)
        return {"job": None}
    again = ASKED_BEFORE in scope
    return {"job": handing_over.next_job(_token(request), body, again=again)}


@worker_router.post("worker/departure", response={204: None})
def depart(request: HttpRequest, body: DepartureBody):
    """Say that a worker ends, so that nobody misses it; what it has goes to another one."""
    handing_over.take_leave(worker_name(_token(request), body.worker))
    return Status(204, None)


@worker_router.post("worker/jobs/{uuid:job_id}/progress", response=ProgressAnswer)
def report_progress(request: HttpRequest, job_id: UUID, body: ProgressBody):
    """Renew the lease, say how far it is, and learn whether to stop."""
    job = _job(request, job_id, body.fence)
    if body.state:
        workers.heard(job.worker, **body.state.dict())
    return {"cancelled": not (_still_its(job) and _stored(job, body))}


@worker_router.post("worker/jobs/{uuid:job_id}/uploads", response=UploadAnswer)
def create_upload(request: HttpRequest, job_id: UUID, body: UploadBody):
    """A signed URL to put an output's file to, where the studio keeps its files on S3."""
    job = _job(request, job_id, body.fence)
    if not _still_its(job):
        raise HttpError(409, NOT_YOURS)
    return landing.place(job, body)


@worker_router.post("worker/jobs/{uuid:job_id}/outputs", response=OutputAnswer)
def create_output(
    request: HttpRequest,
    job_id: UUID,
    body: Form[OutputBody],
    file: File[UploadedFile | None] = None,
):
    """Put an output into the grid: with its file, or after it was uploaded. Twice is fine."""
    job = _job(request, job_id, body.fence)
    landing.check(job, body.index, body.extension, file.size or 0 if file else 0)
    if not landing.has_landed(job, body):
        landed = _still_its(job) and _landed(job, body, file)
        if not landed:
            raise HttpError(409, NOT_YOURS)
    return {"index": body.index, "key": landing.final_key(job, body)}


@worker_router.post("generation-complete", response=CompletionAnswer, auth=[WorkerBearer(), signed])
def generation_complete(request: HttpRequest, report: completion.CompletionReport):
    """Tell the end of a job. The same report again is answered the same and changes nothing."""
    if isinstance(request.auth, WorkerToken):  # type: ignore[attr-defined]
        _check_reporter(request, report)
    try:
        job = completion.receive(report)
    except Job.DoesNotExist:
        raise Http404 from None
    except completion.StaleReport as error:
        raise HttpError(409, str(error)) from None
    except OSError:
        raise HttpError(503, "The studio's storage does not answer. Try again.") from None
    return {"job_id": job.pk, "status": job.status}


def _token(request: HttpRequest) -> WorkerToken:
    return request.auth  # type: ignore[attr-defined]


def _job(request: HttpRequest, job_id: UUID, fence: int) -> Job:
    """The caller's job as it claimed it, whatever became of it since; else 404."""
    try:
        job = job_of(_token(request), job_id)
    except Job.DoesNotExist:
        raise Http404 from None
    job.fence = fence
    return job


def _still_its(job: Job) -> bool:
    return transitions.holds(job) or transitions.take_up(job)


def _stored(job: Job, body: ProgressBody) -> bool:
    if body.progress is None:
        return transitions.renew(job)
    progress = body.progress.dict(exclude_none=True)
    return transitions.report_progress(job, progress, body.previews)


def _landed(job: Job, body: OutputBody, file: UploadedFile | None) -> bool:
    if file is None:
        return landing.land_uploaded(job, body)
    with NamedTemporaryFile(suffix=f".{body.extension}") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        return landing.land(job, body, Path(copy.name))


def _check_reporter(request: HttpRequest, report: completion.CompletionReport) -> None:
    """404 for a job that no worker of the token has or had; one that was lost is its again."""
    transitions.take_up(_job(request, report.job_id, report.fence))

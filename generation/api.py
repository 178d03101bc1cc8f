"""The HTTP API of generation."""

import json
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Header, Query, Router, Status

from generation import editing, submission, transitions
from generation.estimates import queue_states
from generation.models import Job
from generation.offers import offers
from generation.references import reference_from_upload, reference_from_url
from generation.schemas import (
    REFERENCE_BODY,
    Accepted,
    ChangesBody,
    GenerationBody,
    JobOut,
    JobsOut,
    ModelsOut,
    ReferenceOut,
    job_out,
    model_out,
)
from ourvidz.errors import RequestError, StateError
from ourvidz.media.urls import media_urls
from ourvidz.pagination import LIMIT_DEFAULT, page_of
from ourvidz.problems import OF_CHANGING, OF_READING, Problem

router = Router(tags=["generation"])

ENDED = "This job has ended, so there is nothing to cancel."
NO_FILE = "Send a picture as the multipart field file, or a JSON object with its url."


@router.post("generate-content", response={202: Accepted, OF_CHANGING: Problem})
def generate_content(
    request: HttpRequest,
    body: GenerationBody,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key")] = "",
):
    """Queue a job. The same Idempotency-Key gives the same job."""
    return _accepted(submission.submit(request.user, body, idempotency_key=idempotency_key))


@router.post(
    "references",
    response={201: ReferenceOut, OF_CHANGING: Problem},
    openapi_extra=REFERENCE_BODY,
)
def create_reference(request: HttpRequest):
    """Keep a picture to refer to by its upload_id: PNG, JPEG or WebP, at most 10 MiB."""
    if file := request.FILES.get("file"):
        reference = reference_from_upload(request.user, file, file.name or "")
    else:
        reference = reference_from_url(request.user, _url_in(request))
    answer = {"width": reference.width, "height": reference.height}
    return Status(201, {"upload_id": reference.pk, **answer})


@router.get("models", response={200: ModelsOut, OF_READING: Problem})
def list_models(request: HttpRequest):
    """The models that you can generate with, in the order of the prompt bar."""
    return {"items": [model_out(offer) for offer in offers()]}


@router.get("jobs", response={200: JobsOut, OF_READING: Problem})
def list_jobs(
    request: HttpRequest, cursor: str = "", limit: Annotated[int, Query()] = LIMIT_DEFAULT
):
    """Your jobs, newest first."""
    page = page_of(_jobs_of(request), cursor, limit)
    return {"items": _shown(page.items), "next_cursor": page.next_cursor}


@router.get("jobs/{uuid:job_id}", response={200: JobOut, OF_READING: Problem})
def get_job(request: HttpRequest, job_id: UUID):
    """One job, with what it made so far."""
    return _shown([_job(request, job_id)])[0]


@router.post("jobs/{uuid:job_id}/cancellation", response={200: JobOut, OF_CHANGING: Problem})
def cancel_job(request: HttpRequest, job_id: UUID):
    """Cancel a queued or running job. Cancelling twice is fine."""
    cancelled = transitions.request_cancel(_job(request, job_id))
    job = _job(request, job_id)
    if not cancelled and job.status != Job.Status.CANCELLED:
        raise StateError(ENDED)
    return _shown([job])[0]


@router.post("jobs/{uuid:job_id}/retry", response={202: Accepted, OF_CHANGING: Problem})
def retry_job(request: HttpRequest, job_id: UUID):
    """Queue a failed or cancelled job again, as a new job with the same seed."""
    return _accepted(submission.retry(_job(request, job_id)))


@router.patch("jobs/{uuid:job_id}", response={200: JobOut, OF_CHANGING: Problem})
def edit_job(request: HttpRequest, job_id: UUID, body: ChangesBody):
    """Change priority, hold, prompt, negative prompt or seed of a queued job."""
    editing.edit(_job(request, job_id), body)
    return _shown([_job(request, job_id)])[0]


def _accepted(job: Job) -> Status:
    return Status(202, {"job_id": job.pk, "status": job.status})


def _jobs_of(request: HttpRequest) -> QuerySet[Job]:
    """The caller's jobs with what is staged of each; assets by the reverse relation."""
    assets = Job._meta.get_field("assets").related_model
    staged = assets._default_manager.filter(removed_at=None).order_by("index")
    return Job.objects.owned_by(request.user).prefetch_related(Prefetch("assets", staged))


def _job(request: HttpRequest, job_id: UUID) -> Job:
    return get_object_or_404(_jobs_of(request), pk=job_id)


def _shown(jobs: list[Job]) -> list[dict[str, Any]]:
    states = queue_states(jobs)
    urls = media_urls([asset for job in jobs for asset in job.assets.all()])
    return [job_out(job, states[job.pk], urls) for job in jobs]


def _url_in(request: HttpRequest) -> str:
    """The url of a JSON body."""
    if request.content_type == "multipart/form-data":
        raise RequestError({"file": [NO_FILE]})
    try:
        url = json.loads(request.body)["url"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise RequestError({"url": [NO_FILE]}) from error
    return str(url)

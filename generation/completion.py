"""What a worker over HTTP reports at the end of a job, believed only as far as it can be checked.

The owner and the place of the files come from the job, what the files are from the files.
Doubled, late and out-of-order reports change nothing.
"""

from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from generation import transitions
from generation.models import Job
from generation.outputs import Output
from generation.storing import STAGING, staging_prefix
from generation.tasks import request_of
from generation.tokens import fit
from generation.vocabulary import PROMPT_BUDGET, Lane, output_seed
from ourvidz.errors import RequestError
from ourvidz.media import buckets
from ourvidz.media.description import describe
from ourvidz.media.probe import MediaError

EXTENSIONS = {"image": ("png", "webp"), "video": ("mp4",)}
UNTOLD = "The worker gave no reason."


class ReportedOutput(Schema):
    index: Annotated[int, Field(ge=0, le=100)]
    key: Annotated[str, Field(min_length=1, max_length=200)]


class CompletionReport(Schema):
    """The end of a claimed job. `fence` is the number that the claim gave.

    A failed one is tried again where `retry` says that this may help; a returned one was not
    finished because its worker is to stop. `text` is what a job of the chat lane made.
    """

    job_id: UUID
    fence: Annotated[int, Field(ge=0)]
    status: Literal["completed", "failed", "returned"]
    error: Annotated[str, Field(max_length=1_000)] = ""
    retry: bool = False
    text: Annotated[str, Field(max_length=20_000)] = ""
    outputs: Annotated[list[ReportedOutput], Field(max_length=16)] = []


class StaleReport(Exception):  # noqa: N818 - a state, named as the answer names it
    """The job went another way meanwhile; the message says which."""


def receive(report: CompletionReport) -> Job:
    """End the job as reported, once; a repeat of the report that ended it changes nothing.

    Raises Job.DoesNotExist, StaleReport, RequestError naming what is wrong with an output,
    and OSError if the store does not answer, for the worker to try again.
    """
    job = Job.objects.get(pk=report.job_id)
    _check_places(job, report)
    running = job.status == Job.Status.RUNNING and job.fence == report.fence
    ended = running and _end(job, report)
    job.refresh_from_db()
    if not ended and not _is_repeat(job, report):
        raise StaleReport(_what_happened(job, report))
    return job


def _end(job: Job, report: CompletionReport) -> bool:
    if report.status == "returned":
        return transitions.give_back(job)
    if report.status == "failed":
        return transitions.fail(job, report.error or UNTOLD, retry=report.retry)
    if job.lane == Lane.CHAT:
        return transitions.complete(job, text=_text_of(job, report))
    outputs = [_taken_in(job, number, output) for number, output in enumerate(report.outputs)]
    _check_complete(job, report)
    return transitions.complete(job, outputs)


def _check_places(job: Job, report: CompletionReport) -> None:
    """RequestError for each output that is not one of the job's, in the job's own folder."""
    errors: dict[str, list[str]] = {}
    for number, output in enumerate(report.outputs):
        stem = f"{staging_prefix(job)}{output.index}"
        places = [f"{stem}.{extension}" for extension in EXTENSIONS[job.mode]]
        if output.index >= job.count:
            errors[f"outputs.{number}.index"] = [f"This job has {job.count} outputs, from 0."]
        elif output.key not in places:
            errors[f"outputs.{number}.key"] = [f"The file must be {' or '.join(places)}."]
    if errors:
        raise RequestError(errors)


def _taken_in(job: Job, number: int, output: ReportedOutput) -> Output:
    """The output with its figures read from its file, and its small files made."""
    try:
        with buckets.local_copy(STAGING, output.key) as path:
            columns, small_files = describe(output.key, path)
    except FileNotFoundError:
        raise RequestError({f"outputs.{number}.key": ["There is no such file."]}) from None
    except MediaError as error:
        raise RequestError({f"outputs.{number}.key": [str(error)]}) from None
    if columns["kind"] != job.mode:
        raise RequestError({f"outputs.{number}.key": [f"The file is no {job.mode}."]})
    for key, content in small_files.items():
        buckets.store(STAGING, key, content, "image/webp")
    return Output(index=output.index, seed=output_seed(job.seed, output.index), media=columns)


def _text_of(job: Job, report: CompletionReport) -> str:
    """What was made of the prompt, on one line and within its budget."""
    budget = PROMPT_BUDGET[request_of(job).enhancement_method]
    text = fit(" ".join(report.text.split()), budget)
    if not text:
        raise RequestError({"text": ["A job of the chat lane ends with a text."]})
    return text


def _check_complete(job: Job, report: CompletionReport) -> None:
    there = set(job.assets.values_list("index", flat=True))
    there |= {output.index for output in report.outputs}
    missing = [index for index in range(job.count) if index not in there]
    if missing:
        raise RequestError({"outputs": [f"These are missing: {', '.join(map(str, missing))}."]})


def _is_repeat(job: Job, report: CompletionReport) -> bool:
    """Whether `report` is the one that ended the job."""
    if job.fence != report.fence:
        return False
    if job.status == Job.Status.QUEUED:
        return report.status == "returned" or (report.retry and job.error == report.error)
    if job.status != report.status:
        return False
    if job.lane == Lane.CHAT and report.status == "completed":
        return job.enhanced_prompt == _text_of(job, report)
    if report.status == "failed":
        return job.error == (report.error or UNTOLD)
    there = set(job.assets.values_list("index", "key"))
    return {(output.index, output.key) for output in report.outputs} <= there


def _what_happened(job: Job, report: CompletionReport) -> str:
    if job.ended:
        return f"The job is {job.status} already, with another result. Discard this one."
    if job.fence != report.fence:
        return f"The job was given to another worker (fence {job.fence}). Discard this result."
    return f"The job is {job.status}, not running. Discard this result."

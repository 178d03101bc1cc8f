"""Enhancing the prompt in the bar, without generating: ask, look, stop, compare."""

import uuid
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from generation import submission, transitions
from generation.models import Job
from generation.requests import from_form, validate
from generation.vocabulary import PROMPT_CHARACTERS, Lane
from ourvidz.errors import LimitError, RequestError
from ourvidz.http import PageRequest
from workspace import prompt_bar
from workspace.word_diff import word_diff

UNTAKEN_AFTER = timedelta(seconds=8)  # an idle chat lane takes a job at once
SLOW_AFTER = timedelta(seconds=15)


@login_required
@require_POST
def ask(request: PageRequest) -> HttpResponse:
    """Queue an enhancement of the form's prompt; the panel that watches it."""
    asked = {**from_form(request.POST), "enhancement_only": True}
    try:
        job = submission.submit(request.user, validate(asked))
    except RequestError as error:
        return _refused(request, prompt_bar.labelled(error.errors), 422)
    except LimitError as error:
        return _refused(request, {"": [str(error)]}, 429)
    return _panel(request, job)


@login_required
@require_GET
def show(request: PageRequest, job_id: uuid.UUID) -> HttpResponse:
    """The panel as it is now; 204 if it still says what the page has `seen`."""
    job = _enhancement(request, job_id)
    if stage_of(job) == request.GET.get("seen"):
        return HttpResponse(status=204)
    return _panel(request, job)


@login_required
@require_POST
def stop(request: PageRequest, job_id: uuid.UUID) -> HttpResponse:
    """Cancel it; what was made already stays."""
    transitions.request_cancel(_enhancement(request, job_id))
    return _panel(request, _enhancement(request, job_id))


@login_required
@require_POST
def difference(request: PageRequest, job_id: uuid.UUID) -> HttpResponse:
    """How the text, as it was edited, differs from the prompt that was enhanced."""
    job = _enhancement(request, job_id)
    text = request.POST.get("text", "")[:PROMPT_CHARACTERS]
    context = {"pieces": word_diff(job.original_prompt, text)}
    return render(request, "workspace/_word_diff.html", context)


def stage_of(job: Job) -> str:
    """The job's status, or "untaken" or "slow" when it takes longer than people expect."""
    age = timezone.now() - job.created_at
    if job.status == Job.Status.QUEUED and age > UNTAKEN_AFTER:
        return "untaken"
    if job.status == Job.Status.RUNNING and age > SLOW_AFTER:
        return "slow"
    return job.status


def _enhancement(request: PageRequest, job_id: uuid.UUID) -> Job:
    return get_object_or_404(Job.objects.owned_by(request.user), pk=job_id, lane=Lane.CHAT)


def _panel(request: PageRequest, job: Job) -> HttpResponse:
    context = {
        "job": job,
        "stage": stage_of(job),
        "pieces": word_diff(job.original_prompt, job.enhanced_prompt),
    }
    return render(request, "workspace/_enhancement.html", context)


def _refused(request: PageRequest, errors: dict[str, list[str]], status: int) -> HttpResponse:
    return render(request, "workspace/_errors.html", {"errors": errors}, status=status)

"""The workspace page and its fragments."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from generation import submission, transitions
from generation.composition import compose
from generation.content import mature_word
from generation.estimates import forecast
from generation.models import Job
from generation.requests import from_form, validate
from ourvidz.errors import LimitError, RequestError, StateError
from ourvidz.http import PageRequest
from ourvidz.media.urls import media_url
from ourvidz.reading import uuid_of
from workspace import actions, changes, filters, groups, prompt_bar
from workspace.models import WorkspaceAsset


@login_required
@require_GET
def page(request: PageRequest) -> HttpResponse:
    """Job groups that match the filter; `before` is the job after which the next page begins.

    A visit that names no filter gets the last one back, beside what else its URL says.
    """
    if not request.htmx and (query := filters.with_remembered(request)):
        return redirect(f"{request.path}?{query}")
    criteria = filters.GroupFilter(request.GET)
    filters.remember(request, criteria)
    before = request.GET.get("before")
    after = get_object_or_404(_jobs_of(request), pk=uuid_of(before)) if before else None
    jobs = list(groups.page_of(request.user, criteria, after))
    context = {
        "criteria": criteria,
        "examples": prompt_bar.EXAMPLES,
        "groups": groups.load(jobs[: groups.PAGE_SIZE]),
        "next": jobs[groups.PAGE_SIZE - 1].pk if len(jobs) > groups.PAGE_SIZE else None,
    }
    if request.htmx:
        template = "workspace/_groups.html" if before else "workspace/_listing.html"
        return render(request, template, context)
    return render(request, "workspace/page.html", {**context, **prompt_bar.context()})


@login_required
@require_POST
def submit(request: PageRequest) -> HttpResponse:
    """Take the prompt bar's form; the new group, or every wrong field."""
    key = request.headers.get("Idempotency-Key", "")
    try:
        made = submission.submit(
            request.user, validate(from_form(request.POST)), idempotency_key=key
        )
    except RequestError as error:
        context = {"errors": prompt_bar.labelled(error.errors)}
        return render(request, "workspace/_errors.html", context, status=422)
    except LimitError as error:
        context = {"errors": {"": [str(error)]}}
        return render(request, "workspace/_errors.html", context, status=429)
    return changes.submitted(request, made.pk)


@login_required
@require_POST
def composition(request: PageRequest) -> HttpResponse:
    """What the model would be given, what of its token budget that takes, and how long."""
    context: dict[str, Any]
    try:
        asked = validate(from_form(request.POST))
        context = {
            "composed": compose(asked),
            "forecast": forecast(request.user, asked),
            "mature_word": mature_word(asked),
        }
    except RequestError as error:
        context = {"errors": prompt_bar.labelled(error.errors)}
    return render(request, "workspace/_composed.html", context)


@login_required
@require_GET
def job(request: PageRequest, job_id: uuid.UUID) -> HttpResponse:
    """One group as it is now, for pages without a socket."""
    get_object_or_404(_jobs_of(request), pk=job_id)
    return changes.reply(request, [job_id])


@login_required
@require_POST
def cancel(request: PageRequest, job_id: uuid.UUID) -> HttpResponse:
    """Stop a queued or running job; one that ended stays as it is."""
    transitions.request_cancel(get_object_or_404(_jobs_of(request), pk=job_id))
    return changes.reply(request, [job_id])


@login_required
@require_POST
def retry(request: PageRequest, job_id: uuid.UUID) -> HttpResponse:
    """Do a failed or cancelled job again, in its place."""
    return _again(request, job_id, submission.retry)


@login_required
@require_POST
def regenerate(request: PageRequest, job_id: uuid.UUID) -> HttpResponse:
    """Make the job's outputs again with another seed, unless the seed is locked."""
    return _again(request, job_id, submission.regenerate)


def _again(request, job_id, submit_again) -> HttpResponse:
    old = get_object_or_404(_jobs_of(request), pk=job_id)
    try:
        new = submit_again(old)
    except (RequestError, LimitError, StateError) as error:
        return changes.reply(request, [old.pk], text=str(error), error=True)
    return changes.reply(request, [old.pk, new.pk])


@login_required
@require_GET
def download(request: PageRequest, asset_id: uuid.UUID) -> HttpResponse:
    """Send the browser to the file."""
    staged = WorkspaceAsset.objects.owned_by(request.user)
    return redirect(media_url(get_object_or_404(staged, pk=asset_id), "original", download=True))


@login_required
@require_POST
def act(request: PageRequest) -> HttpResponse:
    """Save, dismiss, delete or clear; says what became of each, and offers to undo it."""
    asset_ids = [uuid_of(value) for value in request.POST.getlist("asset_ids")]
    job_ids = [uuid_of(value) for value in request.POST.getlist("job_ids")]
    touched = changes.jobs_of(request.user, asset_ids, job_ids)
    action = request.POST.get("action", "")
    try:
        outcome = actions.perform(request.user, action, asset_ids=asset_ids, job_ids=job_ids)
    except RequestError as error:
        return changes.refusal(request, error.sentences)
    return changes.reply(request, touched, **changes.told(action, outcome))


def _jobs_of(request: PageRequest):
    return Job.objects.owned_by(request.user).visual()

"""The user's own queue on the page: what runs and waits, in which order, and changes of it."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from generation import ordering, transitions
from generation.editing import JobChanges, edit
from generation.estimates import queue_states
from generation.models import Job
from generation.models.job import JobQuerySet
from ourvidz.errors import RequestError, StateError
from ourvidz.http import PageRequest
from ourvidz.reading import uuid_of
from workspace import changes

SHOWN = 60


@login_required
@require_GET
def panel(request: PageRequest) -> HttpResponse:
    """What runs, then what waits, by lane and in its order; the first `SHOWN` of them."""
    unfinished = _jobs_of(request).unfinished()
    jobs = list(
        unfinished.order_by("lane", "-status", "-priority", "created_at", "id")[: SHOWN + 1]
    )
    total = unfinished.count() if len(jobs) > SHOWN else len(jobs)
    states = queue_states(jobs)
    items = [{"job": job, "state": states[job.pk]} for job in jobs[:SHOWN]]
    context = {
        "items": items,
        "total": total,
        "left_out": total - len(items),
        "may_cancel": any(job.status == Job.Status.QUEUED for job in jobs),
    }
    return render(request, "workspace/_queue.html", context)


@login_required
@require_POST
def place(request: PageRequest, job_id: uuid.UUID) -> HttpResponse:
    """Move the job before the one that is named, or to the end of its lane."""
    moved = get_object_or_404(_jobs_of(request), pk=job_id)
    before = _before(request)
    return _changed(request, moved, lambda: ordering.move(moved, before))


@login_required
@require_POST
def hold(request: PageRequest, job_id: uuid.UUID) -> HttpResponse:
    """Keep the job from running, or release it."""
    return _edited(request, job_id, {"held": request.POST.get("held")})


@login_required
@require_POST
def prompt(request: PageRequest, job_id: uuid.UUID) -> HttpResponse:
    """Give the queued job another prompt."""
    return _edited(request, job_id, {"prompt": request.POST.get("prompt", "")})


@login_required
@require_POST
def cancel_queued(request: PageRequest) -> HttpResponse:
    """Cancel everything of the user that has not started; what runs goes on."""
    queued = list(_jobs_of(request).filter(status=Job.Status.QUEUED))
    ended = [job.pk for job in queued if transitions.request_cancel(job)]
    text = f"{len(ended)} cancelled" if ended else "Nothing was waiting"
    return changes.reply(request, ended, text=text)


def _edited(request: PageRequest, job_id: uuid.UUID, data: dict) -> HttpResponse:
    found = get_object_or_404(_jobs_of(request), pk=job_id)
    return _changed(request, found, lambda: edit(found, JobChanges.of(data)))


def _changed(request: PageRequest, job: Job, change) -> HttpResponse:
    """The job as it is after `change`, or why it stayed as it was."""
    try:
        change()
    except StateError as error:
        return changes.reply(request, [job.pk], text=str(error), error=True)
    except RequestError as error:
        return changes.reply(request, [job.pk], text=error.sentences, error=True)
    return changes.reply(request, [job.pk])


def _before(request: PageRequest) -> Job | None:
    named = request.POST.get("before", "")
    return get_object_or_404(_jobs_of(request), pk=uuid_of(named)) if named else None


def _jobs_of(request: PageRequest) -> JobQuerySet:
    return Job.objects.owned_by(request.user).visual()

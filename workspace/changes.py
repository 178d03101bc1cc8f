"""What changed, as one HTMX reply: groups as they are now, groups that are gone, a toast."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from generation.models import Job
from ourvidz.http import PageRequest
from workspace import groups
from workspace.filters import GroupFilter
from workspace.models import Action

FILTERED_OUT = "It is being made. The filter of this page leaves it out."
_DONE = {
    "save": ("Saved to library", "{} saved to library"),
    "dismiss": ("Dismissed, kept in the library", "{} dismissed, kept in the library"),
    "delete": ("Deleted", "{} deleted"),
    "clear_workspace": ("Cleared, kept in the library", "{} cleared, kept in the library"),
    "restore": ("Restored", "{} restored"),
}


def jobs_of(user, asset_ids: Iterable, job_ids: Iterable) -> list[UUID]:
    """The user's jobs that are named, or whose assets are."""
    named = Q(pk__in=job_ids)
    owns = Q(assets__pk__in=asset_ids)
    jobs = Job.objects.owned_by(user).filter(named | owns)
    return list(jobs.values_list("pk", flat=True).distinct())


def reply(
    request: PageRequest, job_ids: list[UUID], *, clear_errors: bool = False, **toast: Any
) -> HttpResponse:
    """The jobs' groups as they are now; what the page's workspace or filter lacks as removed.

    `toast` has what `_toast.html` shows: text, error, undo_id.
    """
    jobs = Job.objects.owned_by(request.user).in_workspace().filter(pk__in=job_ids)
    jobs = GroupFilter.of_page(request).of(jobs)
    shown = groups.load(jobs)
    gone = set(job_ids) - {group.job.pk for group in shown}
    context = {"groups": shown, "gone": gone, "toast": toast, "clear_errors": clear_errors}
    return render(request, "workspace/_changes.html", {**context, **toast})


def submitted(request: PageRequest, job_id: UUID) -> HttpResponse:
    """The new job's group; where the page's filter leaves it out, a toast that says so."""
    new = Job.objects.filter(pk=job_id)
    hidden = not GroupFilter.of_page(request).of(new).exists()
    return reply(request, [job_id], clear_errors=True, **({"text": FILTERED_OUT} if hidden else {}))


def refusal(request: PageRequest, reason: str, status: int = 422) -> HttpResponse:
    """A toast that says why nothing was done."""
    context = {"groups": [], "gone": [], "toast": True, "text": reason, "error": True}
    return render(request, "workspace/_changes.html", context, status=status)


def told(action: str, outcome) -> dict[str, Any]:
    """A toast's words for what became of the items of `outcome`."""
    failed = [result for result in outcome.results if not result.ok]
    done = len(outcome.results) - len(failed)
    one, many = _DONE[action]
    words = [one if done == 1 else many.format(done)] if done or not failed else []
    if failed:
        count = "It" if len(failed) == 1 else f"{len(failed)}"
        words.append(f"{count} could not be: {failed[0].error}")
    return {"text": ". ".join(words), "error": bool(failed), "undo_id": outcome.undo_id}


def told_undone(action: Action, outcome) -> dict[str, Any]:
    """A toast's words for what could be taken back."""
    failed = [result for result in outcome.results if not result.ok]
    if failed:
        return {"text": f"{len(failed)} could not come back: {failed[0].error}", "error": True}
    return {"text": f"Taken back: {action.get_kind_display().lower()}"}

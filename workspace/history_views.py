"""The history page, and undo from there, from a toast and by Ctrl+Z."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from ourvidz.errors import RequestError
from ourvidz.http import PageRequest
from workspace import changes, history
from workspace import undo as undoing
from workspace.journal import Journal
from workspace.models import Action

NOTHING_TO_UNDO = "There is nothing left to undo."


@login_required
@require_GET
def page(request: PageRequest) -> HttpResponse:
    """What was done, newest first; a cursor that is none of ours begins at the top."""
    try:
        found = history.load(request.user, request.GET.get("after", ""))
    except RequestError:
        return redirect("workspace:history")
    template = "workspace/_history.html" if request.htmx else "workspace/history.html"
    return render(request, template, {"history": found})


@login_required
@require_POST
def undo(request: PageRequest, action_id: uuid.UUID) -> HttpResponse:
    """Take an action back."""
    return _taken_back(request, get_object_or_404(request.user.actions, pk=action_id))


@login_required
@require_POST
def undo_latest(request: PageRequest) -> HttpResponse:
    """Take back the latest action that can be."""
    action = history.latest_undoable(request.user)
    if action is None:
        return changes.refusal(request, NOTHING_TO_UNDO, status=409)
    return _taken_back(request, action)


def _taken_back(request: PageRequest, action: Action) -> HttpResponse:
    """As changes of the workspace; asked for from the history page, back on that page."""
    from_history = "from_history" in request.POST
    try:
        told = changes.told_undone(action, undoing.undo(request.user, action.pk))
    except undoing.CannotUndo as error:
        if not from_history:
            return changes.refusal(request, str(error), status=409)
        told = {"text": str(error), "error": True}
    if from_history:
        say = messages.error if told.get("error") else messages.success
        say(request, told["text"])
        return redirect("workspace:history")
    journal = Journal.of(action)
    touched = changes.jobs_of(request.user, journal.removed, journal.jobs)
    return changes.reply(request, touched, **told)

"""Selections: finding their assets, and doing something to all of them with progress."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import pluralize
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from generation import submission
from generation.models import Job
from ourvidz.errors import LimitError, RequestError, StateError
from ourvidz.http import PageRequest
from ourvidz.reading import uuid_of, uuids_of
from workspace import actions, changes, selection
from workspace.filters import GroupFilter
from workspace.models import WorkspaceAsset
from workspace.outcomes import Outcome

LINES = "application/x-ndjson"
TOO_MANY = f"At most {selection.MOST_SELECTED:,} assets at a time. Select fewer."


@login_required
@require_GET
def find(request: PageRequest) -> JsonResponse:
    """Every asset that matches the filter, or those between the assets `from` and `to`."""
    criteria = GroupFilter(request.GET)
    if "from" in request.GET:
        one, other = (_asset_of(request, request.GET.get(name, "")) for name in ("from", "to"))
        found = selection.between(request.user, criteria, one, other)
    else:
        found = selection.matching(request.user, criteria)
    return JsonResponse({"assets": found.assets, "total": found.total})


@login_required
@require_POST
def check(request: PageRequest) -> JsonResponse:
    """Which of `asset_ids` are still shown; the others were removed or expired meanwhile."""
    try:
        asset_ids = asset_ids_of(request)
    except RequestError as error:
        return _refused(error)
    return JsonResponse({"assets": selection.still_there(request.user, asset_ids)})


@login_required
@require_POST
async def act(request: PageRequest) -> HttpResponseBase:
    """Save, dismiss or delete `asset_ids`, all of them the user's; a line of JSON per step."""
    user = await request.auser()
    tags = [tag for tag in request.POST.get("tags", "").split(",") if tag.strip()]
    action = request.POST.get("action", "")
    try:
        asset_ids = asset_ids_of(request)
        steps = await sync_to_async(actions.in_steps)(
            user, action, asset_ids, collection_id=_collection_id_of(request), tags=tags
        )
    except RequestError as error:
        return _refused(error)
    return StreamingHttpResponse(_lines(action, steps, len(asset_ids)), content_type=LINES)


@login_required
@require_POST
async def regenerate(request: PageRequest) -> HttpResponseBase:
    """Make the jobs of `asset_ids` again, one by one; a line of JSON for each."""
    user = await request.auser()
    try:
        asset_ids = asset_ids_of(request)
    except RequestError as error:
        return _refused(error)
    jobs = await sync_to_async(selection.jobs_of)(user, asset_ids)
    return StreamingHttpResponse(_regenerated(jobs), content_type=LINES)


async def _regenerated(jobs: Sequence[tuple[Job, UUID]]) -> AsyncIterator[str]:
    """Progress after each job; at the end a toast, and which failed by one of their assets."""
    failures = []
    for number, (job, asset_id) in enumerate(jobs, start=1):
        if reason := await sync_to_async(_why_not_again)(job):
            failures.append({"id": str(asset_id), "error": reason})
        yield _line(done=number, of=len(jobs))
    done = len(jobs) - len(failures)
    text = f"{done} job{pluralize(done)} queued again"
    toast = render_to_string("_toast.html", {"text": text, "error": bool(failures)})
    yield _line(toast=toast, failures=failures)


def _why_not_again(job: Job) -> str:
    """Queue `job` again; the reason where that cannot be."""
    try:
        submission.regenerate(job)
    except (RequestError, LimitError, StateError) as error:
        return str(error)
    return ""


async def _lines(action: str, steps: Iterator[Outcome], total: int) -> AsyncIterator[str]:
    """Progress after each step; at the end a toast and what failed."""
    done = Outcome([])
    while step := await sync_to_async(lambda: next(steps, None))():
        done = Outcome(done.results + step.results, step.undo_id)
        yield _line(done=len(done.results), of=total)
    yield _line(
        toast=render_to_string("_toast.html", changes.told(action, done)),
        failures=[
            {"id": str(result.asset_id), "error": result.error}
            for result in done.results
            if not result.ok
        ],
    )


def _refused(error: RequestError) -> JsonResponse:
    return JsonResponse({"error": error.sentences}, status=422)


def _line(**message: Any) -> str:
    return json.dumps(message) + "\n"


def _collection_id_of(request: PageRequest) -> UUID | None:
    """None where none is named; Http404 for what is no id."""
    text = request.POST.get("collection_id", "")
    return uuid_of(text) if text else None


def asset_ids_of(request: PageRequest) -> list[UUID]:
    """The ids in the field `asset_ids`, with commas between them.

    Http404 for what is none, RequestError for more than may be selected.
    """
    ids = uuids_of(request.POST.get("asset_ids", ""))
    if len(ids) > selection.MOST_SELECTED:
        raise RequestError({"asset_ids": [TOO_MANY]})
    return ids


def _asset_of(request: PageRequest, text: str) -> WorkspaceAsset:
    staged = WorkspaceAsset.objects.owned_by(request.user).shown().select_related("job")
    return get_object_or_404(staged, pk=uuid_of(text))

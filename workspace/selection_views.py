"""Selections: finding their assets, and doing something to all of them with progress."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from ourvidz.errors import RequestError
from ourvidz.http import PageRequest
from workspace import actions, changes, selection
from workspace.filters import GroupFilter
from workspace.models import WorkspaceAsset
from workspace.outcomes import Outcome


@login_required
@require_GET
def find(request: PageRequest) -> JsonResponse:
    """Every asset that matches the filter, or those between the assets `from` and `to`."""
    criteria = GroupFilter(request.GET)
    if "from" not in request.GET:
        return JsonResponse({"assets": selection.matching(request.user, criteria)})
    one, other = (_asset_of(request, request.GET.get(name, "")) for name in ("from", "to"))
    return JsonResponse({"assets": selection.between(request.user, criteria, one, other)})


@login_required
@require_POST
def check(request: PageRequest) -> JsonResponse:
    """Which of `asset_ids` are still shown; the others were removed or expired meanwhile."""
    return JsonResponse({"assets": selection.still_there(request.user, asset_ids_of(request))})


@login_required
@require_POST
async def act(request: PageRequest) -> HttpResponseBase:
    """Save, dismiss or delete `asset_ids`, all of them the user's; a line of JSON per step."""
    user = await request.auser()
    tags = [tag for tag in request.POST.get("tags", "").split(",") if tag.strip()]
    action = request.POST.get("action", "")
    asset_ids = asset_ids_of(request)
    try:
        steps = await sync_to_async(actions.in_steps)(
            user, action, asset_ids, collection_id=_collection_id_of(request), tags=tags
        )
    except RequestError as error:
        return JsonResponse({"error": str(error)}, status=422)
    return StreamingHttpResponse(
        _lines(action, steps, len(asset_ids)), content_type="application/x-ndjson"
    )


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


def _line(**message: Any) -> str:
    return json.dumps(message) + "\n"


def _collection_id_of(request: PageRequest) -> UUID | None:
    """None where none is named; Http404 for what is no id."""
    text = request.POST.get("collection_id", "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Http404 from None


def asset_ids_of(request: PageRequest) -> list[UUID]:
    """The ids in the field `asset_ids`, with commas between them; Http404 for what is none."""
    try:
        ids = [UUID(text) for text in request.POST.get("asset_ids", "").split(",") if text]
    except ValueError:
        raise Http404 from None
    return list(dict.fromkeys(ids))[: selection.MOST_SELECTED]


def _asset_of(request: PageRequest, text: str) -> WorkspaceAsset:
    try:
        asset_id = UUID(text)
    except ValueError:
        raise Http404 from None
    staged = WorkspaceAsset.objects.owned_by(request.user).shown().select_related("job")
    return get_object_or_404(staged, pk=asset_id)

"""Culling: the full-screen page, the stretches that it fetches, and its one commit."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from library.organising import commits, culling, wording
from ourvidz.errors import RequestError
from ourvidz.http import PageRequest


@login_required
@require_GET
def page(request: PageRequest) -> HttpResponse:
    """One after the other of a `collection`, of what a search finds, or of the newest."""
    source = culling.source_of(request.user, request.GET)
    pictures, number = culling.stretch(source.order, request.user, {})
    context = {
        "source": source,
        "pictures": pictures,
        "number": number,
        "total": source.order.count(),
        "most": commits.MOST_AT_ONCE,
    }
    return render(request, "library/cull.html", context)


@login_required
@require_GET
def assets(request: PageRequest) -> HttpResponse:
    """The stretch that begins `at` an asset, or lies `after` or `before` one."""
    source = culling.source_of(request.user, request.GET)
    pictures, number = culling.stretch(source.order, request.user, request.GET)
    return render(request, "library/_cull_items.html", {"pictures": pictures, "number": number})


@login_required
@require_POST
def standing(request: PageRequest) -> JsonResponse:
    """Which of `asset_ids` are still there to decide about."""
    try:
        found = culling.standing(request.user, request.POST.get("asset_ids", ""))
    except RequestError as error:
        return _refused(error)
    return JsonResponse({"assets": found})


@login_required
@require_POST
def commit(request: PageRequest) -> JsonResponse:
    """Do what was decided: a sentence, why some stayed as they were, and a toast with Undo."""
    try:
        wanted = culling.read(request.POST.get("decisions", ""))
        outcome = commits.commit(request.user, "cull", wanted)
    except RequestError as error:
        return _refused(error)
    said = wording.told(outcome)
    toast = {"text": said, "undo_id": outcome.undo_id, "error": bool(outcome.failures)}
    return JsonResponse(
        {
            "said": said,
            "failures": [{"id": pk, "error": why} for pk, why in outcome.failures.items()],
            "toast": render_to_string("_toast.html", toast),
        }
    )


def _refused(error: RequestError) -> JsonResponse:
    return JsonResponse({"error": error.sentences}, status=422)

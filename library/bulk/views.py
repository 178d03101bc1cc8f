"""The pages and fragments of batches."""

import json
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from library.background import RunQuerySet
from library.bulk import forms, starting
from library.bulk.models import FROM_TRASH, Batch, BatchFailure
from ourvidz.errors import LimitError, RequestError, StateError
from ourvidz.http import PageRequest
from ourvidz.pagination import page_of

SHOWN_AFTER = timedelta(minutes=2)  # on the library's page, once it has ended
FAILURES_SHOWN = 20
CLOSED = "closed_batch"  # in the session; those before it are not shown either


@login_required
@require_http_methods(["GET", "POST"])
def batches(request: PageRequest) -> HttpResponse:
    """All batches, or for the library's page the latest; a POST begins one."""
    if request.method == "POST":
        return _begun(request)
    if request.htmx:
        return _latest(request)
    try:
        page = page_of(_shown(request), request.GET.get("cursor", ""))
    except RequestError:
        raise Http404 from None
    context = {"batches": page.items, "next_cursor": page.next_cursor}
    return render(request, "library/bulk/page.html", context)


@login_required
@require_POST
def cancellation(request: PageRequest, batch_id: UUID) -> HttpResponse:
    """Stop it at its next step; what is done stays."""
    _batch(request, batch_id).request_cancel()
    return _answer(request)


@login_required
@require_POST
def undo(request: PageRequest, batch_id: UUID) -> HttpResponse:
    """Take back what it did."""
    try:
        starting.undo(_batch(request, batch_id))
    except (StateError, LimitError) as error:
        return _refused(request, str(error))
    return _answer(request)


@login_required
@require_POST
def closing(request: PageRequest, batch_id: UUID) -> HttpResponse:
    """Say no more on the library's page how it ended, in this session."""
    request.session[CLOSED] = str(_batch(request, batch_id).pk)
    return HttpResponse()


def _begun(request: PageRequest) -> HttpResponse:
    told = forms.told(request.POST)
    action = told.pop("action")
    try:
        starting.start(request.user, action, **told)
    except RequestError as error:
        return _refused(request, error.sentences)
    except LimitError as error:
        return _refused(request, error.detail)
    if request.htmx and action in FROM_TRASH:  # whose page does not follow what becomes of it
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("library:batches")})
    response = _answer(request)
    response["HX-Retarget"] = "#batches"  # as it is by then: while another runs, each second anew
    response["HX-Trigger"] = json.dumps({"batch-started": {"action": action}})
    return response


def _refused(request: PageRequest, reason: str) -> HttpResponse:
    if not request.htmx:
        messages.error(request, reason)
        return redirect("library:batches")
    response = render(request, "_toast.html", {"text": reason, "error": True}, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "#toasts", "beforeend"
    return response


def _answer(request: PageRequest) -> HttpResponse:
    return _latest(request) if request.htmx else redirect("library:batches")


def _latest(request: PageRequest) -> HttpResponse:
    """Those that run, and the last that ended, where that is not long ago."""
    ended_at = timezone.now() - SHOWN_AFTER
    running = list(_shown(request).filter(ended_at=None)[: starting.MOST_OPEN])
    latest = _shown(request).filter(ended_at__gt=ended_at).order_by("-ended_at")[:1]
    ended = [batch for batch in latest if str(batch.pk) != request.session.get(CLOSED)]
    context = {"batches": running + ended, "busy": bool(running)}
    return render(request, "library/bulk/_batches.html", context)


def _shown(request: PageRequest) -> RunQuerySet:
    failures = Prefetch(
        "failures", queryset=BatchFailure.objects.all()[:FAILURES_SHOWN], to_attr="shown_failures"
    )
    rows = Batch.objects.owned_by(request.user).select_related("undoes", "undone_by")
    return rows.prefetch_related(failures)


def _batch(request: PageRequest, batch_id: UUID) -> Batch:
    return get_object_or_404(Batch.objects.owned_by(request.user), pk=batch_id)

"""Pages and fragments of searching: completion, and saved searches."""

from dataclasses import asdict
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from library.search import saved
from library.search.completion import complete, complete_tag
from ourvidz.errors import RequestError
from ourvidz.http import PageRequest


@login_required
@require_GET
def completion(request: PageRequest) -> HttpResponse:
    """What may take the place of `word`, the word that is being typed."""
    found = complete(request.GET.get("word", ""), request.user)
    return JsonResponse({"suggestions": [asdict(suggestion) for suggestion in found]})


@login_required
@require_GET
def tag_completion(request: PageRequest) -> HttpResponse:
    """Tags of one's own that begin with `word`."""
    found = complete_tag(request.GET.get("word", ""), request.user)
    return JsonResponse({"suggestions": [asdict(suggestion) for suggestion in found]})


@login_required
@require_POST
def searches(request: PageRequest) -> HttpResponse:
    """Save `query` under `name`, and show what it finds."""
    query = request.POST.get("query", "")
    try:
        search = saved.save(request.user, request.POST.get("name", ""), query)
        messages.success(request, f"Saved search “{search.name}”.")
    except RequestError as error:
        _report(request, error)
    return _library(query)


@login_required
@require_POST
def search_name(request: PageRequest, search_id: UUID) -> HttpResponse:
    """Give a saved search another `name`."""
    search = get_object_or_404(request.user.saved_searches, pk=search_id)
    try:
        saved.rename(request.user, search_id, request.POST.get("name", ""))
    except RequestError as error:
        _report(request, error)
    return _library(search.query)


@login_required
@require_POST
def search_deletion(request: PageRequest, search_id: UUID) -> HttpResponse:
    """Delete a saved search; what it finds stays."""
    if not request.user.saved_searches.filter(pk=search_id).delete()[0]:
        raise Http404
    messages.success(request, "Deleted the saved search.")
    return _library("")


def _report(request: PageRequest, error: RequestError) -> None:
    for sentences in error.errors.values():
        messages.error(request, " ".join(sentences))


def _library(query: str) -> HttpResponse:
    page = reverse("library:page")
    return redirect(f"{page}?{urlencode({'q': query})}" if query else page)

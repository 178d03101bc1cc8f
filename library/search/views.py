"""Fragments for the search box."""

from dataclasses import asdict

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from library.search.completion import complete
from ourvidz.http import PageRequest


@login_required
@require_GET
def completion(request: PageRequest) -> HttpResponse:
    """What may take the place of `word`, the word that is being typed."""
    found = complete(request.GET.get("word", ""), request.user)
    return JsonResponse({"suggestions": [asdict(suggestion) for suggestion in found]})

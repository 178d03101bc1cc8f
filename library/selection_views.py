"""Finding the assets of a selection."""

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from library import selection
from library.forms import SearchForm
from library.models import LibraryAsset
from ourvidz.http import PageRequest
from ourvidz.reading import uuid_of


@login_required
@require_GET
def find(request: PageRequest) -> JsonResponse:
    """Every asset that the page's search finds, or those between the assets `from` and `to`."""
    search = SearchForm(request.GET)
    assets = search.of(LibraryAsset.objects.owned_by(request.user).kept(), request.user)
    tally = search.tally(request.user)
    if "from" in request.GET:
        one, other = (_named(request, request.GET.get(name, "")) for name in ("from", "to"))
        assets, tally = selection.between(assets, one, other), None
    found = selection.found(assets, tally)
    shown = [{"id": pk} for pk in found.ids]
    return JsonResponse({"assets": shown, "total": found.total, "query": search.as_query})


def _named(request: PageRequest, text: str) -> LibraryAsset:
    return get_object_or_404(LibraryAsset.objects.owned_by(request.user), pk=uuid_of(text))

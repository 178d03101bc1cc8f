"""Fragments of the library's grid: stretches of tiles, and what lies in which month and day."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from library import dates, layouts, stretches
from library.forms import SearchForm
from library.models import LibraryAsset, LibraryAssetQuerySet
from ourvidz.http import PageRequest
from ourvidz.reading import date_of


@login_required
@require_GET
def stretch(request: PageRequest) -> HttpResponse:
    """Tiles at the place that the URL names, in the layout that it names."""
    tally = SearchForm(request.GET).tally(request.user)
    ranked = "ranked" in request.GET
    found = stretches.load(_found(request), _bounds(request), ranked=ranked, tally=tally)
    context = {"stretch": found, "layout": layouts.layout_of(request)}
    return render(request, "library/_stretch.html", context)


@login_required
@require_GET
def months(request: PageRequest) -> HttpResponse:
    """The scrubber: what the search finds by month, newest first."""
    search = SearchForm(request.GET)
    found = search.months(request.user)
    context: dict[str, Any] = {"search": search, "months": found}
    context["total"] = sum(month.number for month in found)
    return render(request, "library/_scrubber.html", context)


@login_required
@require_GET
def days(request: PageRequest, month: str) -> HttpResponse:
    """What the search finds in one month by day, newest first."""
    start = date_of(f"{month}-01")
    tally = SearchForm(request.GET).tally(request.user)
    found = tally.days(start) if tally else dates.days(_found(request), start)
    counts = [{"day": period.start.isoformat(), "number": period.number} for period in found]
    return JsonResponse({"days": counts})


def _found(request: PageRequest) -> LibraryAssetQuerySet:
    assets = LibraryAsset.objects.owned_by(request.user)
    return SearchForm(request.GET).of(assets.kept(), request.user)


def _bounds(request: PageRequest) -> stretches.Bounds:
    return stretches.bounds_of(request.GET, LibraryAsset.objects.owned_by(request.user))

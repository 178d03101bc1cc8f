"""Fragments of the box that picks a collection."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ourvidz.http import PageRequest
from ourvidz.reading import number_of, uuid_of

from . import picking
from .nesting import Forest


@login_required
@require_GET
def picker(request: PageRequest) -> HttpResponse:
    """The box for the field `field`; with `q` only its list, with `start` how that goes on.

    What lies in the collection `moved` is left out.
    """
    given = request.GET
    name, moved = given.get("field", ""), given.get("moved")
    forest = Forest(request.user)
    if name not in picking.FIELDS or (moved and uuid_of(moved) not in forest.rows):
        raise Http404
    found = picking.picker(
        forest,
        name,
        words=given.get("q", ""),
        start=number_of(given.get("start", "")),
        moved=uuid_of(moved) if moved else None,
    )
    part = "_picks.html" if "q" in given else "_picker.html"
    return render(request, f"collections/{part}", {"picker": found})


@login_required
@require_GET
def filing(request: PageRequest) -> HttpResponse:
    """The form that files a selection: into one collection, out of one, or from one to another."""
    forest = Forest(request.user)
    context = {name: picking.picker(forest, name) for name in ("collection_id", "from_id")}
    return render(request, "collections/_filing.html", context)

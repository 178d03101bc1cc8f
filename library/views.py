"""The library's pages and fragments."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from library import downloads, layouts, shelf, stretches, trash
from library.forms import SearchForm
from library.models import LibraryAsset, LibraryAssetQuerySet
from library.search import saved
from ourvidz.errors import RequestError
from ourvidz.http import PageRequest
from ourvidz.media.urls import media_url

CHANGED = "library-changed"  # what the grid is told, so that it looks again


@login_required
@require_GET
def page(request: PageRequest) -> HttpResponse:
    """What is kept, newest first: its beginning, or the stretch that the URL names."""
    search = SearchForm(request.GET)
    assets = _assets_of(request)
    bounds = stretches.bounds_of(request.GET, assets)
    kept = search.of(assets.kept(), request.user)
    tally = search.tally(request.user)
    context = {
        "search": search,
        "stretch": stretches.load(kept, bounds, ranked=not bounds.at_top, tally=tally),
        "layout": layouts.layout_of(request),
        "layouts": layouts.choices(),
        **saved.beside(request.user, search.as_query),
    }
    if request.htmx:
        return _found(request, context)
    return layouts.remember(render(request, "library/page.html", context), request)


@login_required
@require_GET
def trash_page(request: PageRequest) -> HttpResponse:
    """What was deleted and can still come back, the latest first."""
    try:
        stretch = shelf.load_trash(_assets_of(request).restorable(), request.GET.get("cursor", ""))
    except RequestError:
        raise Http404 from None
    template = "library/_shelf.html" if request.htmx else "library/trash.html"
    context = {"shelf": stretch, "trash": True, "trash_days": settings.TRASH_DAYS}
    return render(request, template, context)


@login_required
@require_POST
def deletion(request: PageRequest, asset_id: UUID) -> HttpResponse:
    """Move it to the trash; the page's tile leaves a place to come back to."""
    found = get_object_or_404(_shown_to(request), pk=asset_id)
    trash.move_to_trash(_assets_of(request).filter(pk=asset_id))
    if request.htmx:
        return render(request, "library/_removed.html", {"asset": found})
    return redirect("library:asset", asset_id)


@login_required
@require_POST
def restoration(request: PageRequest, asset_id: UUID) -> HttpResponse:
    """Bring it back from the trash."""
    found = get_object_or_404(_shown_to(request), pk=asset_id)
    trash.restore(_assets_of(request).filter(pk=asset_id))
    found.refresh_from_db()
    if request.htmx:
        answer = render(request, "library/_restored.html", _tile(request, found))
        return trigger_client_event(answer, CHANGED)
    messages.success(request, "Restored to the library.")
    return redirect("library:asset", asset_id)


@login_required
@require_GET
def download(request: PageRequest, asset_id: UUID) -> HttpResponse:
    """Send the browser to the file as it was made."""
    found = get_object_or_404(_shown_to(request), pk=asset_id)
    return redirect(media_url(found, "original", download=True))


@login_required
@require_GET
async def plain_download(request: PageRequest, asset_id: UUID) -> HttpResponseBase:
    """The file without its metadata."""
    user = await request.auser()
    found = await LibraryAsset.objects.owned_by(user).present().filter(pk=asset_id).afirst()
    if found is None:
        raise Http404
    return await downloads.without_metadata(found)


def _found(request: PageRequest, context: dict[str, Any]) -> HttpResponse:
    """What a search as one types changes; while it cannot be read, what was found stays."""
    search = context["search"]
    response = render(request, "library/_found.html", context)
    if search.error:
        response["HX-Reswap"] = "none"
    else:
        response["HX-Push-Url"] = f"{request.path}?{search.query}" if search.query else request.path
    return response


def _assets_of(request: PageRequest) -> LibraryAssetQuerySet:
    return LibraryAsset.objects.owned_by(request.user)


def _shown_to(request: PageRequest) -> LibraryAssetQuerySet:
    return _assets_of(request).present()


def _tile(request: PageRequest, asset: LibraryAsset) -> dict[str, Any]:
    return {"tile": shelf.tile_of(asset), "layout": layouts.layout_of(request)}

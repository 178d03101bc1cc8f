"""One asset, on its own page and in the panel beside the grid: the same pieces in both."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from library import details, publishing
from library.forms import AssetForm, RatingForm, VisibilityForm
from library.models import LibraryAsset, PublicPage
from ourvidz.http import PageRequest
from ourvidz.media.probe import MediaError
from ourvidz.media.urls import media_url


@login_required
@require_http_methods(["GET", "POST"])
def asset(request: PageRequest, asset_id: UUID) -> HttpResponse:
    """One asset with its provenance; a POST changes its title, tags and rating."""
    found = _asset(request, asset_id)
    form = AssetForm(request.POST or None, instance=found)
    if request.method == "POST":
        return _write(request, found, form)
    return render(request, "library/asset.html", _shown(request, found, form))


@login_required
@require_GET
def panel(request: PageRequest, asset_id: UUID) -> HttpResponse:
    """The same beside the grid."""
    found = _asset(request, asset_id)
    context = _shown(request, found, AssetForm(instance=found)) | {"in_panel": True}
    return render(request, "library/_panel.html", context)


@login_required
@require_POST
def favourite(request: PageRequest, asset_id: UUID) -> HttpResponse:
    """Mark (`favourite=on`) or unmark it; `look` is that of the button that asked."""
    found = _asset(request, asset_id)
    found.favourite = request.POST.get("favourite") == "on"
    found.save(update_fields=["favourite"])
    if request.htmx:
        context = {"asset": found, "look": request.GET.get("look", "tile")}
        return render(request, "library/_favourite.html", context)
    return redirect("library:asset", asset_id)


@login_required
@require_POST
def rating(request: PageRequest, asset_id: UUID) -> HttpResponse:
    """Rate it with 1 to 5 stars; 0 takes the rating away."""
    found = _asset(request, asset_id)
    form = RatingForm(request.POST)
    if not form.is_valid():
        return HttpResponse("A rating is from 0 to 5.", status=422, content_type="text/plain")
    found.rating = form.cleaned_data["rating"]
    found.save(update_fields=["rating"])
    if request.htmx:
        return render(request, "library/_rating.html", {"asset": found})
    return redirect("library:asset", asset_id)


@login_required
@require_POST
def visibility(request: PageRequest, asset_id: UUID) -> HttpResponse:
    """Who can see it: `private`, `unlisted` or `public`."""
    found = get_object_or_404(LibraryAsset.objects.owned_by(request.user).kept(), pk=asset_id)
    form = VisibilityForm(request.POST)
    error = "" if form.is_valid() else " ".join(map(str, form.errors["visibility"]))
    if not error:
        error = _publish(found, form.cleaned_data["visibility"])
    if not request.htmx:
        if error:
            messages.error(request, error)
        return redirect("library:asset", asset_id)
    context = {"asset": found, "address": _address(request, found), "error": error}
    return render(request, "library/_visibility.html", context, status=422 if error else 200)


def _publish(found: LibraryAsset, wanted: str) -> str:
    """What is wrong, '' for nothing."""
    try:
        publishing.set_visibility(found, wanted)
    except (OSError, MediaError):
        return publishing.UNREADABLE
    return ""


def _write(request: PageRequest, found: LibraryAsset, form: AssetForm) -> HttpResponse:
    """Save the form, or show what is wrong with it."""
    saved = form.is_valid()
    if saved:
        form.save()
    if request.htmx:
        context: dict[str, Any] = {"asset": found}
        context["form"] = AssetForm(instance=found) if saved else form
        context |= {"saved": saved, "in_panel": request.GET.get("in") == "panel"}
        return render(request, "library/_written.html", context, status=200 if saved else 422)
    if saved:
        messages.success(request, "Changes saved.")
        return redirect("library:asset", found.pk)
    return render(request, "library/asset.html", _shown(request, found, form))


def _shown(request: PageRequest, found: LibraryAsset, form: AssetForm) -> dict[str, Any]:
    return {
        "asset": found,
        "form": form,
        "address": _address(request, found),
        "urls": {name: media_url(found, name) for name in ("original", "poster")},
        "making": details.making(found),
        "file_facts": details.file_facts(found),
    }


def _address(request: PageRequest, found: LibraryAsset) -> str:
    """Where strangers see it; '' while they do not."""
    page = PublicPage.objects.filter(asset=found).only("token").first()
    path = page and reverse("public:page", args=[page.token])
    return request.build_absolute_uri(path) if path else ""


def _asset(request: PageRequest, asset_id: UUID) -> LibraryAsset:
    return get_object_or_404(LibraryAsset.objects.owned_by(request.user).present(), pk=asset_id)

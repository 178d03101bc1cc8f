"""Copies of library assets in the workspace."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from library.models import LibraryAsset
from ourvidz.errors import StateError
from ourvidz.http import PageRequest
from workspace.copying import NOT_COPIED, copy_to_workspace


@login_required
@require_POST
def create(request: PageRequest, asset_id: UUID) -> HttpResponse:
    """Copy a library asset into the workspace; a second press finds the same copy."""
    kept = LibraryAsset.objects.owned_by(request.user).kept().select_related("owner")
    found = get_object_or_404(kept, pk=asset_id)
    try:
        context = {"staged": copy_to_workspace(found)}
    except StateError as error:
        return render(request, "workspace/_copied.html", {"error": str(error)}, status=409)
    except OSError:
        return render(request, "workspace/_copied.html", {"error": NOT_COPIED}, status=409)
    return render(request, "workspace/_copied.html", context)

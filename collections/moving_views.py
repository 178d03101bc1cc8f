"""Assets on their way between collections: by one press, or dropped on the list of them."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from ourvidz.http import PageRequest
from ourvidz.reading import uuid_of

from . import choosing, membership
from .membership_views import CHANGED
from .models import Collection, Membership


@login_required
@require_GET
def targets(request: PageRequest) -> HttpResponse:
    """The collections that the asset `asset` can be dropped on; from the page of one, others."""
    assets = membership.owned_assets(request.user, [uuid_of(request.GET.get("asset"))])
    source = request.GET.get("from")
    found = choosing.choices(request.user, assets)
    context = {"choices": found, "source": _collection(request, source) if source else None}
    return render(request, "collections/_targets.html", context)


@login_required
@require_POST
def additions(request: PageRequest, collection_id: UUID) -> HttpResponse:
    """Put `asset` in, with the way back in the message."""
    found = _collection(request, collection_id)
    assets = membership.owned_assets(request.user, [uuid_of(request.POST.get("asset"))])
    context = {"target": found, "asset_id": assets[0], "new": membership.add(found, assets)}
    return _changed(request, "_added.html", context)


@login_required
@require_POST
def transfer(request: PageRequest, collection_id: UUID) -> HttpResponse:
    """Move `asset` to the collection `target`, with the way back in the message."""
    found = _collection(request, collection_id)
    target = _collection(request, request.POST.get("target"))
    assets = membership.owned_assets(request.user, [uuid_of(request.POST.get("asset"))])
    place = get_object_or_404(Membership, collection=found, asset=assets[0])
    new = membership.transfer(found, target, assets)
    context = {"collection": found, "target": target, "asset_id": assets[0], "new": new}
    context |= {"position": place.position, "size": Membership.objects.of_kept(found).count()}
    return _changed(request, "_moved.html", context)


def _changed(request: PageRequest, part: str, context: dict) -> HttpResponse:
    return trigger_client_event(render(request, f"collections/{part}", context), CHANGED)


def _collection(request: PageRequest, pk: UUID | str | None) -> Collection:
    mine = Collection.objects.owned_by(request.user).kept().counted()
    return get_object_or_404(mine, pk=uuid_of(str(pk)))

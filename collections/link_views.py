"""The links of a collection, as its owner makes and revokes them."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ourvidz.errors import LimitError
from ourvidz.http import PageRequest

from . import sharing
from .forms import LinkForm
from .models import Collection, SharedLink


@login_required
@require_POST
@never_cache
def links(request: PageRequest, collection_id: UUID) -> HttpResponse:
    """Make a link and show it, this once."""
    found = _collection(request, collection_id)
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _list(request, found, form, status=422)
    try:
        _, token = sharing.make(found, form.lifetime, form.cleaned_data["password"])
    except LimitError as error:
        form.add_error(None, str(error))
        return _list(request, found, form, status=422)
    address = request.build_absolute_uri(reverse("shared:page", args=[token]))
    return _list(request, found, LinkForm(), new_address=address)


@login_required
@require_POST
def revocation(request: PageRequest, collection_id: UUID, pk: int) -> HttpResponse:
    """End a link."""
    found = _collection(request, collection_id)
    sharing.revoke(get_object_or_404(SharedLink, collection=found, pk=pk))
    return _list(request, found, LinkForm())


def _list(
    request: PageRequest, found: Collection, form: LinkForm, status: int = 200, **context
) -> HttpResponse:
    context |= {"collection": found, "links": sharing.links_of(found), "link_form": form}
    return render(request, "collections/_links.html", context, status=status)


def _collection(request: PageRequest, collection_id: UUID) -> Collection:
    return get_object_or_404(Collection.objects.owned_by(request.user).kept(), pk=collection_id)

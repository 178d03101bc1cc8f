"""The popup that puts assets into collections: from the library, and from any batch."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from ourvidz.http import PageRequest
from ourvidz.reading import uuid_of

from . import choosing, membership
from .forms import CollectionForm
from .models import Collection
from .nesting import Forest

MOST_CHIPS = 50
CHANGED = "collections-changed"  # what pages are told when it changed where an asset is


@login_required
@require_http_methods(["GET", "POST"])
def collections_of(request: PageRequest) -> HttpResponse:
    """Where the assets `asset` (one or many) are; a POST changes that.

    GET with `q` answers with the collections that match; with `from`, a collection, they can be
    moved from it to each. POST with `collection` and `member`
    (on, off) puts all of them in or takes them out; with `create` it makes a collection named
    `q` for them. One id that is not the owner's, and nothing is done: 404.
    """
    given = request.POST if request.method == "POST" else request.GET
    assets = membership.owned_assets(request.user, map(uuid_of, given.getlist("asset")))
    words = given.get("q", "")
    if request.method == "GET":
        part = "_choices.html" if "q" in given else "_chooser.html"
        return _list(request, assets, words, part)
    if "create" in given:
        return _create(request, assets, words)
    return _change(request, assets)


@login_required
@require_http_methods(["GET", "POST"])
def of_asset(request: PageRequest, asset_id: UUID) -> HttpResponse:
    """Where one asset is, as chips; a POST takes it out of `collection`."""
    (found,) = membership.owned_assets(request.user, [asset_id])
    mine = Collection.objects.owned_by(request.user).kept()
    if request.method == "POST":
        left = get_object_or_404(mine, pk=uuid_of(request.POST.get("collection")))
        membership.remove(left, [found])
    places = list(mine.filter(memberships__asset=found).order_by("name", "pk")[: MOST_CHIPS + 1])
    context = {"asset_id": found, "places": places[:MOST_CHIPS], "more": len(places) > MOST_CHIPS}
    return render(request, "collections/_chips.html", context)


def _change(request: PageRequest, assets: Sequence[UUID]) -> HttpResponse:
    """The line of the collection that was changed."""
    mine = Collection.objects.owned_by(request.user).kept()
    found = get_object_or_404(mine, pk=uuid_of(request.POST.get("collection")))
    change = membership.add if request.POST.get("member") == "on" else membership.remove
    change(found, assets)
    place = Forest(request.user).place_of(found.pk)
    choice = choosing.choice_of(found, assets, place.path)
    answer = render(request, "collections/_choice.html", {"choice": choice})
    return trigger_client_event(answer, CHANGED)


def _create(request: PageRequest, assets: Sequence[UUID], name: str) -> HttpResponse:
    """The whole list with the new one; or with what is wrong with its name."""
    form = CollectionForm(request.user, {"name": name})
    made = form.save() if form.is_valid() else None
    if made is None:
        errors = [error for found in form.errors.values() for error in found]
        return _list(request, assets, name, errors=errors, status=422)
    membership.add(made, assets)
    return trigger_client_event(_list(request, assets, "", made=made), CHANGED)


def _list(
    request: PageRequest,
    assets: Sequence[UUID],
    words: str,
    part: str = "_choices.html",
    status: int = 200,
    **context,
) -> HttpResponse:
    found = choosing.choices(request.user, assets, words)
    source = _source(request)
    context |= {"choices": found, "assets": assets, "words": words.strip(), "source": source}
    return render(request, f"collections/{part}", context, status=status)


def _source(request: PageRequest) -> Collection | None:
    """The collection whose page asks, named by `from`."""
    pk = (request.POST or request.GET).get("from")
    mine = Collection.objects.owned_by(request.user).kept()
    return get_object_or_404(mine, pk=uuid_of(pk)) if pk else None

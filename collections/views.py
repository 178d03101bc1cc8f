"""The pages of collections and their fragments."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import replace_url

from ourvidz.errors import LimitError, RequestError, StateError
from ourvidz.http import PageRequest
from ourvidz.reading import number_of, uuid_of

from . import changes, contents, membership, merging, sharing
from .forms import CollectionForm, LinkForm, MergeForm
from .models import Collection, CollectionQuerySet, Membership
from .nesting import Forest

LARGEST_POSITION = 2**31 - 1


@login_required
@require_http_methods(["GET", "POST"])
def page(request: PageRequest) -> HttpResponse:
    """The collections at the top, or those of all depths that have the words `q`; a POST makes one.

    For a page that is there already: those alone, or the next stretch of them, or of those that
    lie `within` one.
    """
    if request.method == "POST":
        return _written(request, CollectionForm(request.user, request.POST))
    words = " ".join(request.GET.get("q", "").split())
    context: dict[str, Any] = {"cards": _cards(request, words), "words": words}
    if request.htmx and not {"after", "start"}.isdisjoint(request.GET):
        return render(request, "collections/_cards.html", context)
    context["new"] = CollectionForm(request.user)
    context["branches"] = [] if words else context["new"].forest.branches()
    if not request.htmx:
        return render(request, "collections/page.html", context)
    answer = render(request, "collections/_found.html", context)
    return replace_url(
        answer, f"{request.path}?{urlencode({'q': words})}" if words else request.path
    )


@login_required
@require_http_methods(["GET", "POST"])
def collection(request: PageRequest, collection_id: UUID) -> HttpResponse:
    """One collection: what it lies in, what lies in it, its assets. A POST edits it."""
    found = _collection(request, collection_id)
    if request.method == "POST":
        return _written(request, CollectionForm(request.user, request.POST, collection=found))
    context = {
        "collection": found,
        "contents": contents.load(found, request.GET.get("after", "")),
    }
    if request.htmx:
        return render(request, "collections/_contents.html", context)
    forest = Forest(request.user)
    context |= {
        "above": forest.above(found.pk),
        "merge": MergeForm(forest, found),
        "cards": contents.cards(request.user, found),
        "edit": CollectionForm(request.user, collection=found),
        "new": CollectionForm(request.user, within=found.pk),
        "links": sharing.links_of(found),
        "link_form": LinkForm(),
    }
    return render(request, "collections/collection.html", context)


@login_required
@require_POST
def deletion(request: PageRequest, collection_id: UUID) -> HttpResponse:
    """Take it away, with the way back in the message; its assets stay."""
    found = _collection(request, collection_id)
    changes.delete(found)
    undo = reverse("collections:restoration", args=[found.pk])
    messages.success(request, f"Deleted {found.name}. Its assets are kept.", extra_tags=undo)
    return redirect(_address(found.parent_id))


@login_required
@require_GET
def deleted(request: PageRequest) -> HttpResponse:
    """What was deleted, the latest first, each with all that went with it."""
    rows = Collection.objects.owned_by(request.user).deletions()
    try:
        found = contents.deletions(rows, request.GET.get("cursor", ""))
    except RequestError:
        raise Http404 from None
    context = {"deletions": found, "trash_days": settings.TRASH_DAYS}
    part = "_deletions.html" if request.htmx else "deleted.html"
    return render(request, f"collections/{part}", context)


@login_required
@require_POST
def purge(request: PageRequest, collection_id: UUID) -> HttpResponse:
    """Delete it for good, with all that went by the same deletion; its assets stay."""
    found = get_object_or_404(_collections_of(request).deletions(), pk=collection_id)
    changes.purge(found)
    if request.htmx:
        return render(request, "collections/_purged.html", {"collection": found})
    messages.success(request, f"Deleted {found.name} for good. Its assets are kept.")
    return redirect("collections:deleted")


@login_required
@require_POST
def restoration(request: PageRequest, collection_id: UUID) -> HttpResponse:
    """Bring it back as it was, and go there."""
    found = get_object_or_404(_collections_of(request), pk=collection_id)
    try:
        changes.restore(found)
    except LimitError as error:
        messages.error(request, error.detail)
        return go_to(request, reverse("collections:deleted"))
    messages.success(request, f"Restored {found.name}.")
    return go_to(request, _address(found.pk))


@login_required
@require_POST
def merge(request: PageRequest, collection_id: UUID) -> HttpResponse:
    """Put all that it has into the collection `target`, and go there."""
    found = _collection(request, collection_id)
    form = MergeForm(Forest(request.user), found, request.POST)
    if form.is_valid():
        target = _collection(request, form.cleaned_data["target"])
        try:
            merging.merge(found, target)
        except StateError as error:
            form.add_error("target", str(error))
        else:
            messages.success(request, f"Merged {found.name} into {target.name}.")
            return go_to(request, _address(target.pk))
    context = {"collection": found, "merge": form}
    return render(request, "collections/_merge.html", context, status=422)


@login_required
@require_POST
def order(request: PageRequest, collection_id: UUID) -> HttpResponse:
    """Let `asset` take the place of the asset `place_of`; several pairs, one after the other."""
    found = _collection(request, collection_id)
    moved, places = (request.POST.getlist(name) for name in ("asset", "place_of"))
    if not moved or len(moved) != len(places):
        raise Http404
    membership.move_each(found, [*zip(map(uuid_of, moved), map(uuid_of, places), strict=True)])
    return HttpResponse(status=204)


@login_required
@require_POST
def cover(request: PageRequest, collection_id: UUID) -> HttpResponse:
    """Let `asset` be the picture on the card (`cover=on`), or the first one again."""
    found = _collection(request, collection_id)
    asset = _place(found, uuid_of(request.POST.get("asset"))).asset
    previous, found.cover = found.cover, asset if request.POST.get("cover") == "on" else None
    found.save(update_fields=["cover"])
    context = {"collection": found, "asset": asset, "previous": previous}
    return render(request, "collections/_covered.html", context)


@login_required
@require_POST
def removal(request: PageRequest, collection_id: UUID) -> HttpResponse:
    """Take `asset` out; the library keeps it, and the message leads back."""
    found = _collection(request, collection_id)
    place = _place(found, uuid_of(request.POST.get("asset")))
    membership.remove(found, [place.asset.pk])
    context = {"asset": place.asset, "position": place.position}
    return _change_of(request, found, "_removed.html", **context)


@login_required
@require_POST
def put_back(request: PageRequest, collection_id: UUID) -> HttpResponse:
    """Add `asset` again at `position`, where it was, and take it out of `moved_to` if given."""
    found = _collection(request, collection_id)
    position = request.POST.get("position", "")
    if not (position.isdecimal() and len(position) < 11 and int(position) <= LARGEST_POSITION):
        raise Http404
    (asset_id,) = membership.owned_assets(request.user, [uuid_of(request.POST.get("asset"))])
    named = request.POST.get("moved_to")
    moved_to = _collection(request, uuid_of(named)) if named else None
    membership.put_back(found, asset_id, int(position), moved_to)
    tile = contents.tile_of(_place(found, asset_id).asset)
    return _change_of(request, found, "_returned.html", tile=tile)


def _cards(request: PageRequest, words: str) -> contents.Cards:
    if words:
        return contents.found(request.user, words, number_of(request.GET.get("start", "")))
    within, after = (_named(request, name) for name in ("within", "after"))
    return contents.cards(request.user, within, after)


def go_to(request: PageRequest, address: str) -> HttpResponse:
    """A redirect that also takes the page along when htmx asked."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _written(request: PageRequest, form: CollectionForm) -> HttpResponse:
    """Where the form's collection is now, or the form with what is wrong."""
    saved = form.save() if form.is_valid() else None
    if saved is None:
        return render(request, "collections/_form.html", {"form": form}, status=422)
    return go_to(request, _address(saved.pk))


def _change_of(request: PageRequest, found: Collection, part: str, **context) -> HttpResponse:
    """A partial beside the collection's new count."""
    context |= {"collection": found, "size": Membership.objects.of_kept(found).count()}
    return render(request, f"collections/{part}", context)


def _address(pk: UUID | None) -> str:
    return reverse("collections:collection", args=[pk]) if pk else reverse("collections:page")


def _collections_of(request: PageRequest) -> CollectionQuerySet:
    return Collection.objects.owned_by(request.user)


def _collection(request: PageRequest, collection_id: UUID) -> Collection:
    """With its counts."""
    return get_object_or_404(_collections_of(request).kept().counted(), pk=collection_id)


def _named(request: PageRequest, name: str) -> Collection | None:
    """The collection that the query string names, also one that was deleted just now."""
    if name not in request.GET:
        return None
    return get_object_or_404(_collections_of(request), pk=uuid_of(request.GET[name]))


def _place(found: Collection, asset_id: UUID) -> Membership:
    """That of a kept asset in it."""
    places = Membership.objects.of_kept(found).select_related("asset")
    return get_object_or_404(places, asset=asset_id)

"""Culling: one asset after the other of a search, a collection or the whole library."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from library.forms import SearchForm
from library.models import LibraryAsset
from library.organising.commits import MOST_AT_ONCE, TOO_MANY, Wanted
from library.organising.culling_order import AsArranged, NewestFirst, Order
from library.organising.review import Picture
from ourvidz.errors import RequestError
from ourvidz.media.urls import media_urls
from ourvidz.reading import uuid_of

VARIANTS = ("thumbnail", "original", "poster")
UNREADABLE = "These decisions cannot be read. Reload the page and try again."


@dataclass(frozen=True)
class Source:
    """What is culled: its name, the query string that names it, its page, its assets in order."""

    name: str
    query: str
    page: str
    order: Order
    error: str = ""


def source_of(owner, parameters: Mapping[str, str]) -> Source:
    """A `collection` in its own order; else a search or all that is kept, the newest first."""
    if "collection" in parameters:
        collection_id = uuid_of(parameters["collection"])
        found = get_object_or_404(owner.collections.kept(), pk=collection_id)
        page = reverse("collections:collection", args=[found.pk])
        return Source(found.name, f"collection={found.pk}", page, AsArranged(found))
    search = SearchForm(parameters)
    kept = LibraryAsset.objects.owned_by(owner).kept().defer("search_text")
    order = NewestFirst(search.of(kept, owner), search.tally(owner))
    page = reverse("library:page") + (f"?{search.query}" if search.query else "")
    name = search.as_query or "Library"
    return Source(name, search.query, page, order, str(search.error or ""))


def stretch(order: Order, owner, parameters: Mapping[str, str]) -> tuple[list[Picture], int | None]:
    """Some of them, and the number of the first among all where `at` or nothing is named.

    `at`, `after` and `before` are ids of the owner's; 404 for what is none or has no place there.
    """
    parts = {"at": order.starting_at, "after": order.after, "before": order.before}
    for name, part in parts.items():
        if name in parameters:
            rows = LibraryAsset.objects.owned_by(owner)
            mark = get_object_or_404(rows, pk=uuid_of(parameters[name]))
            try:
                number = order.number_before(mark) + 1 if name == "at" else None
                return _pictures(part(mark)), number
            except LookupError as error:
                raise Http404 from error
    return _pictures(order.first()), 1


def _pictures(assets: list[LibraryAsset]) -> list[Picture]:
    urls = media_urls(assets, VARIANTS)
    return [Picture(asset, urls[asset.pk]) for asset in assets]


def standing(owner, text: str) -> list[UUID]:
    """Which of the ids in `text`, with commas between them, are still in the library."""
    ids = _ids_in(text)
    if len(ids) > MOST_AT_ONCE:
        raise RequestError({"asset_ids": [TOO_MANY]})
    kept = LibraryAsset.objects.owned_by(owner).kept().order_by()
    return list(kept.filter(pk__in=ids).values_list("pk", flat=True))


def _ids_in(text: str) -> set[UUID]:
    """What is none is left out: a browser has kept them for who knows how long."""
    ids = set()
    for one in text.split(","):
        with suppress(ValueError):
            ids.add(UUID(one))
    return ids


def read(text: str) -> Wanted:
    """Decisions as JSON: by id verdict ("keep" or "reject"), rating (1 to 5), favourite (bool).

    Each of the three may be missing. RequestError for anything else.
    """
    try:
        decisions = {UUID(pk): _decision(found) for pk, found in json.loads(text).items()}
    except (ValueError, AttributeError, RecursionError) as error:
        raise RequestError({"decisions": [UNREADABLE]}) from error
    return Wanted(
        trash=[pk for pk, found in decisions.items() if found.get("verdict") == "reject"],
        ratings={pk: found["rating"] for pk, found in decisions.items() if "rating" in found},
        favourites={
            pk: found["favourite"] for pk, found in decisions.items() if "favourite" in found
        },
    )


def _decision(found: Any) -> dict[str, Any]:
    """`found` where it is one; ValueError where it is not."""
    if not isinstance(found, dict) or not found.keys() <= {"verdict", "rating", "favourite"}:
        raise ValueError("not a decision")
    rating, favourite = found.get("rating", 1), found.get("favourite", False)
    if found.get("verdict", "keep") not in ("keep", "reject"):
        raise ValueError("not a verdict")
    if type(rating) is not int or not 1 <= rating <= 5 or type(favourite) is not bool:
        raise ValueError("not a rating or a mark")
    return found

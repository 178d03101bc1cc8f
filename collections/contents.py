"""What a page of collections and a page of one show."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode

from library.models import LibraryAsset
from library.shelf import VARIANTS, Tile
from ourvidz.media.urls import media_urls
from ourvidz.pagination import page_of

from .models import Collection, CollectionQuerySet, Membership
from .nesting import Forest

PAGE_SIZE = 60
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Card:
    """A collection with its counts, the URL of its picture, '' where it is empty, and what it lies
    in, where that is not said beside it.
    """

    collection: Collection
    size: int
    inside: int
    picture: str
    place: str = ""


@dataclass(frozen=True)
class Cards:
    """Cards in order; `more` is the query string of the next stretch, '' at the end."""

    cards: Sequence[Card]
    more: str
    total: int | None = None  # where they were looked for


@dataclass(frozen=True)
class Deletions:
    """Cards of what was deleted; `next_cursor` says where the next stretch begins, if anywhere."""

    cards: Sequence[Card]
    next_cursor: str | None


@dataclass(frozen=True)
class Contents:
    """Tiles in order; `after` says where the next stretch begins, '' at the end."""

    tiles: Sequence[Tile]
    after: str


def cards(owner, within: Collection | None = None, after: Collection | None = None) -> Cards:
    """The next PAGE_SIZE of those that lie in `within`, newest first, in two queries."""
    collections = Collection.objects.owned_by(owner).filter(parent=within)
    if after is not None:
        collections = collections.older_than(after)
    found = list(collections.kept().counted().pictured()[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return Cards(_cards(shown), _after(shown[-1], within) if len(found) > PAGE_SIZE else "")


def _after(last: Collection, within: Collection | None) -> str:
    asked = {"after": str(last.pk)}
    if within:
        asked["within"] = str(within.pk)
    return urlencode(asked)


def found(owner, words: str, start: int = 0) -> Cards:
    """PAGE_SIZE of those that have `words` in their path, at any depth, in three queries."""
    places = Forest(owner).matching(words)
    end = start + PAGE_SIZE
    paths = {place.collection.pk: place.path for place in places[start:end]}
    rows = Collection.objects.kept().filter(pk__in=paths).counted().pictured().in_bulk()
    shown = _cards([rows[pk] for pk in paths if pk in rows])
    more = urlencode({"q": words, "start": str(end)}) if end < len(places) else ""
    placed = [replace(card, place=paths[card.collection.pk]) for card in shown]
    return Cards(placed, more, len(places))


def _cards(found: Sequence[Collection]) -> list[Card]:
    urls = pictures_of(found)
    return [
        Card(row, row.size, row.inside, urls[row.picture] if row.picture else "") for row in found
    ]


def deletions(deleted: CollectionQuerySet, cursor: str = "") -> Deletions:
    """The next PAGE_SIZE of those that were deleted, with the number of their assets.

    A cursor is a time, so it holds though its collection came back or went meanwhile. RequestError
    for one that is none.
    """
    page = page_of(deleted.counted().pictured(), cursor, PAGE_SIZE, by="deleted_at")
    return Deletions(_cards(page.items), page.next_cursor)


def pictures_of(collections: Sequence[Collection]) -> dict[UUID, str]:
    """By asset, the URL of the thumbnail of each that is on a cover, in one query."""
    ids = [collection.picture for collection in collections if collection.picture]
    urls = media_urls(list(LibraryAsset.objects.in_bulk(ids).values()), ["thumbnail"])
    return {pk: urls.get(pk, {}).get("thumbnail", "") for pk in ids}


def load(collection: Collection, after: str = "") -> Contents:
    """The next PAGE_SIZE of its assets in their order; Http404 for an `after` that is none."""
    found, last = _stretch(collection, after)
    return Contents(_tiles([place.asset for place in found]), last)


def load_shared(collection: Collection, token: str, after: str = "") -> Contents:
    """The same for whoever has the link `token`: files at addresses that the link opens."""
    found, last = _stretch(collection, after)
    tiles = [Tile(place.asset, _shared_urls(place, token)) for place in found]
    return Contents(tiles, last)


def asset_at(collection: Collection, place: int) -> LibraryAsset | None:
    """The kept asset of the membership with this id, if that is one of the collection's."""
    if place > LARGEST_ID:
        return None
    rows = Membership.objects.of_kept(collection).select_related("asset")
    found = rows.filter(pk=place).first()
    return found.asset if found else None


def places(
    collection: Collection, after: str = "", limit: int = PAGE_SIZE
) -> tuple[list[Membership], str]:
    """Places with their assets, in order, and where the next stretch begins; '' at the end.

    ValueError for an `after` that no stretch ever ended with.
    """
    rows = Membership.objects.of_kept(collection).order_by("position", "id")
    if after:
        rows = rows.after(*_place(after))
    found = list(rows.select_related("asset")[: limit + 1])
    shown = found[:limit]
    return shown, f"{shown[-1].position}-{shown[-1].pk}" if len(found) > limit else ""


def _stretch(collection: Collection, after: str) -> tuple[list[Membership], str]:
    try:
        return places(collection, after)
    except ValueError as error:
        raise Http404 from error


def _shared_urls(place: Membership, token: str) -> dict[str, str]:
    asset = place.asset
    small = "thumbnail" if asset.thumbnail_key else "poster"
    names = {"original": "original", "thumbnail": small}
    return {
        name: reverse("shared:file", args=[token, place.pk, variant])
        for name, variant in names.items()
    }


def tile_of(asset: LibraryAsset) -> Tile:
    return _tiles([asset])[0]


def _tiles(assets: Sequence[LibraryAsset]) -> list[Tile]:
    urls = media_urls(assets, VARIANTS)
    return [Tile(asset, urls[asset.pk]) for asset in assets]


def _place(text: str) -> tuple[int, int]:
    """Position and membership id."""
    position, _, pk = text.partition("-")
    if not all(part.isdecimal() and len(part) < 19 for part in (position, pk)):
        raise ValueError(f"{text!r} is no place")
    return int(position), int(pk)

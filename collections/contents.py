"""What a page of collections and a page of one show."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404

from library.models import LibraryAsset
from library.shelf import VARIANTS, Tile
from ourvidz.media.urls import media_urls

from .models import Collection, CollectionQuerySet, Membership

PAGE_SIZE = 60


@dataclass(frozen=True)
class Card:
    """A collection with its counts, and the URL of its picture; '' where it is empty."""

    collection: Collection
    size: int
    inside: int
    picture: str


@dataclass(frozen=True)
class Cards:
    """Cards in order; `last` is where the next stretch begins, if there is one."""

    cards: Sequence[Card]
    last: Collection | None


@dataclass(frozen=True)
class Contents:
    """Tiles in order; `after` says where the next stretch begins, '' at the end."""

    tiles: Sequence[Tile]
    after: str


def cards(collections: CollectionQuerySet, after: Collection | None = None) -> Cards:
    """The next PAGE_SIZE of `collections`, newest first, in two queries."""
    if after is not None:
        collections = collections.older_than(after)
    found = list(collections.kept().counted().pictured()[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    pictures = LibraryAsset.objects.in_bulk([row.picture for row in shown if row.picture])
    urls = media_urls(list(pictures.values()), ["thumbnail"])
    made = [
        Card(row, row.size, row.inside, urls.get(row.picture, {}).get("thumbnail", ""))
        for row in shown
    ]
    return Cards(made, shown[-1] if len(found) > PAGE_SIZE else None)


def load(collection: Collection, after: str = "") -> Contents:
    """The next PAGE_SIZE of its assets in their order, in one query."""
    places = Membership.objects.of_kept(collection).order_by("position", "id")
    if after:
        places = places.after(*_place(after))
    found = list(places.select_related("asset")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    last = shown[-1] if len(found) > PAGE_SIZE else None
    return Contents(
        _tiles([place.asset for place in shown]), f"{last.position}-{last.pk}" if last else ""
    )


def tile_of(asset: LibraryAsset) -> Tile:
    return _tiles([asset])[0]


def _tiles(assets: Sequence[LibraryAsset]) -> list[Tile]:
    urls = media_urls(assets, VARIANTS)
    return [Tile(asset, urls[asset.pk]) for asset in assets]


def _place(text: str) -> tuple[int, int]:
    """Position and membership id; Http404 for what no page says."""
    position, _, pk = text.partition("-")
    if not all(part.isdecimal() and len(part) < 19 for part in (position, pk)):
        raise Http404
    return int(position), int(pk)

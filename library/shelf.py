"""Assets as tiles: those of the library under headings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import log

from django.utils import timezone

from library.headings import Heading
from library.models import LibraryAsset, LibraryAssetQuerySet
from ourvidz.media.urls import media_urls
from ourvidz.pagination import page_of

PAGE_SIZE = 60
VARIANTS = ("thumbnail", "original", "filmstrip")
# A page without inline styles says a tile's ratio by class: css/ratios.css has one for each.
# The figures of both lanes are exact; anything else is cut by a few hundredths at most.
RATIOS = [43, 50, 56, 58, 62, 67, 71, 75, 80, 90, 100, 112, 125, 133, 141, 150, 160, 173, 178]
RATIOS += [200, 235]


@dataclass(frozen=True)
class Tile:
    """An asset, its URLs, and the heading that it begins under, where one stands before it."""

    asset: LibraryAsset
    urls: dict[str, str]
    heading: Heading | None = None

    @property
    def ratio(self) -> int:
        """Width over height in hundredths, as the nearest of RATIOS."""
        return _nearest_ratio(self.asset.width, self.asset.height)


@lru_cache(maxsize=1000)
def _nearest_ratio(width: int, height: int) -> int:
    exact = log(max(width, 1) / max(height, 1))
    return min(RATIOS, key=lambda ratio: abs(log(ratio / 100) - exact))


@dataclass(frozen=True)
class Shelf:
    """Tiles in order; `next_cursor` says where the next stretch begins, if there is one."""

    tiles: Sequence[Tile]
    next_cursor: str | None


def load_trash(trashed: LibraryAssetQuerySet, cursor: str = "") -> Shelf:
    """The next PAGE_SIZE, the latest deletion first, in one query, without the names of days.

    A cursor is a time, so it holds though its asset came back or went meanwhile. RequestError for
    one that is none.
    """
    page = page_of(trashed.for_tiles(), cursor, PAGE_SIZE, by="deleted_at")
    urls = media_urls(page.items, VARIANTS)
    return Shelf([Tile(asset, urls[asset.pk]) for asset in page.items], page.next_cursor)


def tiles_of(assets: Sequence[LibraryAsset], headed: Mapping[date, Heading]) -> list[Tile]:
    """Tiles of which the first and each that begins another heading has it."""
    urls = media_urls(assets, VARIANTS)
    previous: Heading | None = None
    tiles = []
    for asset in assets:
        heading = headed[day_of(asset)]
        tiles.append(Tile(asset, urls[asset.pk], heading if heading != previous else None))
        previous = heading
    return tiles


def tile_of(asset: LibraryAsset) -> Tile:
    """One tile by itself, as it stands among others of its day."""
    return Tile(asset, media_urls([asset], VARIANTS)[asset.pk])


def day_of(asset: LibraryAsset) -> date:
    """When it was saved, in the reader's time zone."""
    return timezone.localdate(asset.created_at)

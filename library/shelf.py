"""Assets as tiles: those of the library under the days that they were saved on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import log

from django.utils import timezone
from django.utils.formats import date_format

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
    """An asset, its URLs, and the name and date of the day that begins with it, if one does."""

    asset: LibraryAsset
    urls: dict[str, str]
    day: str = ""
    begins: date | None = None

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


def tiles_of(assets: Sequence[LibraryAsset]) -> list[Tile]:
    """Tiles of which the first and each that begins a day has the day's name."""
    urls = media_urls(assets, VARIANTS)
    today = timezone.localdate()
    previous: date | None = None
    tiles = []
    for asset in assets:
        day = day_of(asset)
        named = (day_name(day, today), day) if day != previous else ()
        tiles.append(Tile(asset, urls[asset.pk], *named))
        previous = day
    return tiles


def tile_of(asset: LibraryAsset) -> Tile:
    """One tile by itself, as it stands among others of its day."""
    return Tile(asset, media_urls([asset], VARIANTS)[asset.pk])


def day_of(asset: LibraryAsset) -> date:
    """When it was saved, in the reader's time zone."""
    return timezone.localdate(asset.created_at)


def day_name(day: date, today: date) -> str:
    """Today, Yesterday, Thursday 19 November; with the year where it is another."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return date_format(day, "l j F" if day.year == today.year else "j F Y")

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
    """Tiles in order; `last` is the asset after which the next stretch begins, if there is one."""

    tiles: Sequence[Tile]
    last: LibraryAsset | None


def load(
    assets: LibraryAssetQuerySet, *, by: str = "created_at", after: LibraryAsset | None = None
) -> Shelf:
    """The next PAGE_SIZE of `assets`, newest first by the time column `by`, in one query.

    Without the names of days.
    """
    if after is not None:
        assets = assets.older_than(after, by)
    found = list(assets.for_tiles()[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    last = shown[-1] if len(found) > PAGE_SIZE else None
    urls = media_urls(shown, VARIANTS)
    return Shelf([Tile(asset, urls[asset.pk]) for asset in shown], last)


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

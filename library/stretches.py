"""A stretch of the library: tiles between two places in the order, newest first.

A place is an asset, so it holds however much is saved or deleted elsewhere; a jump by date is
turned into one. However deep it lies and however many share a day or a moment, a stretch is read
from an index, and costs the same number of queries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone

from library.counting.tally import Tally
from library.dates import midnight
from library.headings import AROUND, Heading, headings
from library.models import LibraryAsset, LibraryAssetQuerySet
from library.shelf import PAGE_SIZE, Tile, day_of, tiles_of
from ourvidz.reading import date_of, number_of, uuid_of

MOST = 2 * PAGE_SIZE  # of a stretch that is named by its ends, where some came back in between


@dataclass(frozen=True)
class Bounds:
    """Where a stretch lies: inside `after` and `before`, or from `at` up to and with `to`.

    `newer` takes the end beside `before`. `day` begins with the latest that was saved by its end,
    in the reader's time zone; `skip` passes over that many.
    """

    after: LibraryAsset | None = None
    before: LibraryAsset | None = None
    at: LibraryAsset | None = None
    to: LibraryAsset | None = None
    newer: bool = False
    day: date | None = None
    skip: int = 0

    @property
    def at_top(self) -> bool:
        """Whether nothing lies before it."""
        return self == Bounds(before=self.before)


@dataclass(frozen=True)
class Stretch:
    """Tiles in order. `rank` is how many lie before them; None where nobody asked.

    `follows` and `goes_on` say whether the heading of the first and of the last tile has more,
    before and after them; `last` is the asset after which more comes, if it does.
    """

    tiles: Sequence[Tile]
    rank: int | None = None
    follows: bool = False
    goes_on: bool = False
    last: LibraryAsset | None = None


def bounds_of(query: QueryDict, assets: LibraryAssetQuerySet) -> Bounds:
    """What a URL asks for; 404 where it names no asset of `assets` or no day."""
    places = {
        name: get_object_or_404(assets, pk=uuid_of(str(query[name])))
        for name in ("after", "before", "at", "to")
        if name in query
    }
    return Bounds(
        **places,
        newer="newer" in query,
        day=date_of(str(query["from"])) if "from" in query else None,
        skip=number_of(query.get("skip", "")),
    )


def load(
    kept: LibraryAssetQuerySet,
    bounds: Bounds,
    *,
    ranked: bool = False,
    tally: Tally | None = None,
) -> Stretch:
    """Up to PAGE_SIZE tiles within `bounds`; with `ranked` also how many of `kept` lie before.

    A `tally` of the same assets, where there is one, saves counting them.
    """
    bounds = _at_its_place(kept, bounds, tally)
    found, following = _read(kept, bounds)
    if not found:
        return Stretch([])
    before = (
        []
        if bounds.at_top
        else list(kept.for_tiles().newer_than(found[0]).reverse()[:AROUND])[::-1]
    )
    around = [day_of(asset) for asset in (*before, *found, *following)]
    headed = headings(around, timezone.localdate())
    return Stretch(
        tiles_of(found, headed),
        rank=_rank(kept, found[0], before, tally) if ranked else None,
        follows=_share(headed, before[-1:], found[:1]),
        goes_on=_share(headed, found[-1:], following[:1]),
        last=found[-1] if following else None,
    )


def _share(headed: Mapping[date, Heading], *some: Sequence[LibraryAsset]) -> bool:
    """Whether both are there and stand under the same heading."""
    return all(some) and len({headed[day_of(asset)] for [asset] in some}) == 1


def _at_its_place(kept: LibraryAssetQuerySet, bounds: Bounds, tally: Tally | None) -> Bounds:
    """A jump by date or number as the asset that it leads to: the last where there is none."""
    if not bounds.skip and bounds.day is None:
        return bounds
    end = midnight(bounds.day + timedelta(days=1)) if bounds.day else None
    if tally and bounds.skip:
        found = tally.at(bounds.skip, end)
    else:
        narrow = kept.filter(created_at__lt=end) if end else kept
        found = next(iter(narrow.only("created_at")[bounds.skip : bounds.skip + 1]), None)
    return replace(bounds, at=found or kept.reverse().first())


def _read(
    kept: LibraryAssetQuerySet, bounds: Bounds
) -> tuple[list[LibraryAsset], list[LibraryAsset]]:
    """The assets of a stretch, and up to AROUND that come after them."""
    rows = kept.for_tiles()
    rows = rows.older_than(bounds.after) if bounds.after else rows
    rows = rows.newer_than(bounds.before) if bounds.before else rows
    if bounds.newer:
        found = list(rows.reverse()[:PAGE_SIZE])[::-1]
        return found, _following(kept, found)
    rows = rows.from_place(bounds.at) if bounds.at else rows
    if bounds.to:
        found = list(rows.up_to(bounds.to)[:MOST])
        return found, _following(kept, found)
    found = list(rows[: PAGE_SIZE + AROUND])
    found, following = found[:PAGE_SIZE], found[PAGE_SIZE:]
    return found, _following(kept, found) if bounds.before else following


def _following(kept: LibraryAssetQuerySet, found: Sequence[LibraryAsset]) -> list[LibraryAsset]:
    return list(kept.for_tiles().older_than(found[-1])[:AROUND]) if found else []


def _rank(
    kept: LibraryAssetQuerySet,
    first: LibraryAsset,
    before: Sequence[LibraryAsset],
    tally: Tally | None,
) -> int:
    if not before:
        return 0
    return tally.before(first) if tally else kept.newer_than(first).order_by().count()

"""Counts and positions in a whole library, from the hours and, where one is cut, its assets."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Q, Sum
from django.utils import timezone

from library import dates
from library.dates import DAY, MONTH, LocalDate, Period, following
from library.models import HourCount, LibraryAsset, LibraryAssetQuerySet

HOUR = timedelta(hours=1)
# The hour in which the asset lies before which there are so many, and how many lie after the hour.
_HOUR_OF_PLACE = """
SELECT hour, running - total FROM (
    SELECT hour, SUM(number) AS total, SUM(SUM(number)) OVER (ORDER BY hour DESC) AS running
    FROM library_hourcount WHERE owner_id = %s GROUP BY hour
) AS hours WHERE running > %s ORDER BY hour DESC LIMIT 1
"""


@dataclass(frozen=True)
class Tally:
    """The whole library of `owner`: what no search narrows."""

    owner: Any

    @property
    def kept(self) -> LibraryAssetQuerySet:
        return LibraryAsset.objects.owned_by(self.owner).kept()

    def total(self) -> int:
        """How many there are."""
        return self._hours().aggregate(sum=Sum("number"))["sum"] or 0

    def months(self) -> list[Period]:
        """Those that have any, newest first."""
        return self._counted(self._hours().filter(hour__gte=dates.EARLIEST), MONTH)

    def days(self, month: date) -> list[Period]:
        """Those of one month that have any, newest first."""
        start, end = dates.moments_of(month)
        hours = self._hours().filter(hour__gt=start - HOUR, hour__lt=end)
        found = self._counted(hours, DAY)
        return [
            day for day in found if (day.start.year, day.start.month) == (month.year, month.month)
        ]

    def before(self, asset: LibraryAsset) -> int:
        """How many lie before `asset` in the order of the library."""
        hour = start_of_hour(asset.created_at)
        in_its_hour = self.kept.newer_than(asset).filter(created_at__lt=hour + HOUR)
        return self._since(hour + HOUR) + in_its_hour.order_by().count()

    def at(self, skip: int, until: datetime | None = None) -> LibraryAsset | None:
        """The one after the first `skip` that were saved before `until`; None beyond the end."""
        place = skip + (self._saved_since(until) if until else 0)
        hour, after_it = self._hour_of(place)
        if hour is None:
            return None
        rows = self.kept.filter(created_at__gte=hour, created_at__lt=hour + HOUR).only("created_at")
        return next(iter(rows[place - after_it : place - after_it + 1]), None)

    def _hours(self):
        return HourCount.objects.filter(owner=self.owner)

    def _since(self, hour: datetime) -> int:
        return self._hours().filter(hour__gte=hour).aggregate(sum=Sum("number"))["sum"] or 0

    def _saved_since(self, moment: datetime) -> int:
        """Whole hours, and the rest of the one that `moment` cuts."""
        hour = start_of_hour(moment)
        if hour == moment:
            return self._since(hour)
        rest = self.kept.filter(created_at__gte=moment, created_at__lt=hour + HOUR)
        return self._since(hour + HOUR) + rest.order_by().count()

    def _hour_of(self, place: int) -> tuple[datetime | None, int]:
        with connection.cursor() as cursor:
            cursor.execute(_HOUR_OF_PLACE, [self.owner.pk, place])
            hour, after_it = cursor.fetchone() or (None, 0)
        return hour and hour.replace(tzinfo=UTC), after_it  # SQLite knows no zones

    def _counted(self, hours, characters: int) -> list[Period]:
        name = LocalDate(timezone.get_current_timezone(), characters, "hour")
        rows = hours.order_by().values(name=name).annotate(sum=Sum("number"))
        return _periods(Counter({row["name"]: row["sum"] for row in rows}), self.kept, characters)


def months_of(found: LibraryAssetQuerySet, hours: Iterable[tuple[datetime, int]]) -> list[Period]:
    """Those in which `found` has any, newest first; `hours` are how many it has in each of UTC."""
    zone = timezone.get_current_timezone()
    counts: Counter[str] = Counter()
    for hour, number in hours:
        if hour >= dates.EARLIEST:
            counts[_name(hour, zone, MONTH)] += number
    return _periods(counts, found, MONTH)


def _periods(counts: Counter[str], found: LibraryAssetQuerySet, characters: int) -> list[Period]:
    """Counts by the beginning of each hour made right for what lies after a cut in its hour."""
    zone = timezone.get_current_timezone()
    for moment in _saved_in(found, _cut(counts, zone, characters)):
        counts[_name(start_of_hour(moment), zone, characters)] -= 1
        counts[_name(moment, zone, characters)] += 1
    return [Period(_date(name), counts[name]) for name in sorted(+counts, reverse=True)]


def _saved_in(found: LibraryAssetQuerySet, hours: Sequence[datetime]) -> Iterable[datetime]:
    """When the assets of some hours were saved."""
    if not hours:
        return []
    any_of = reduce(or_, (Q(created_at__gte=hour, created_at__lt=hour + HOUR) for hour in hours))
    return found.filter(any_of).order_by().values_list("created_at", flat=True)


def start_of_hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _cut(names: Iterable[str], zone: tzinfo, characters: int) -> list[datetime]:
    """The hours of UTC in which one of these months or days, of `zone`, begins or ends.

    None where the zone is whole hours off.
    """
    edges = {edge for name in names for edge in _edges(_date(name), characters)}
    edges |= dates.changes_of(zone)
    return sorted({start_of_hour(edge) for edge in edges if edge != start_of_hour(edge)})


def _edges(start: date, characters: int) -> Iterator[datetime]:
    yield dates.midnight(start)
    yield dates.midnight(following(start) if characters == MONTH else start + timedelta(days=1))


def _name(moment: datetime, zone: tzinfo, characters: int) -> str:
    return moment.astimezone(zone).date().isoformat()[:characters]


def _date(name: str) -> date:
    return date.fromisoformat(f"{name}-01"[:DAY])

"""How many assets lie in each month, or in each day of one, in the reader's time zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from django.db.models import Case, Count, Expression, F, Func, Value, When
from django.db.models.fields import CharField
from django.utils import timezone

from library.models import LibraryAssetQuerySet

MONTH, DAY = 7, 10  # characters of a date in ISO form


@dataclass(frozen=True)
class Period:
    """A month or a day, by its first day, with how many assets it has."""

    start: date
    number: int

    @property
    def end(self) -> date:
        """The last day of the month."""
        return (self.start.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def months(kept: LibraryAssetQuerySet) -> list[Period]:
    """Those that have any, newest first, in one query."""
    return _counted(kept.filter(created_at__gte=datetime.min.replace(year=1970, tzinfo=UTC)), MONTH)


def days(kept: LibraryAssetQuerySet, month: date) -> list[Period]:
    """Those of one month that have any, newest first, in one query."""
    following = (month + timedelta(days=31)).replace(day=1)
    bounds = [
        timezone.make_aware(datetime(day.year, day.month, 1)).astimezone(UTC)
        for day in (month, following)
    ]
    return _counted(kept.filter(created_at__gte=bounds[0], created_at__lt=bounds[1]), DAY)


def _counted(kept: LibraryAssetQuerySet, characters: int) -> list[Period]:
    name = LocalDate(timezone.get_current_timezone(), characters)
    found = kept.order_by().values(name=name).annotate(number=Count("pk")).order_by("-name")
    return [Period(date.fromisoformat(f"{row['name']}-01"[:DAY]), row["number"]) for row in found]


class LocalDate(Func):
    """The start of `created_at` as text, 2026-11 or 2026-11-21, in a time zone.

    Django's own truncation calls Python for each row on SQLite, ten times slower. SQLite knows no
    zones, so it is given the offset of each stretch of time.
    """

    output_field = CharField()

    def __init__(self, zone: tzinfo, characters: int) -> None:
        self.zone, self.characters = zone, characters
        super().__init__(F("created_at"))

    def as_sqlite(self, compiler, connection, **context):
        pattern = Value({MONTH: "%Y-%m", DAY: "%Y-%m-%d"}[self.characters])
        moved = Func(pattern, self.source_expressions[0], _offset(self.zone), function="strftime")
        return compiler.compile(moved.resolve_expression(compiler.query))

    def as_postgresql(self, compiler, connection, **context):
        column, parameters = compiler.compile(self.source_expressions[0])
        pattern = {MONTH: "YYYY-MM", DAY: "YYYY-MM-DD"}[self.characters]
        sql = f"to_char({column} AT TIME ZONE %s, '{pattern}')"
        return sql, [*parameters, str(self.zone)]


def _offset(zone: tzinfo) -> Expression:
    """What to add to a moment, newest stretch of time first, for most assets are new."""
    *earlier, (_, first) = _offsets(zone)
    whens = [When(created_at__gte=start, then=Value(_seconds(offset))) for start, offset in earlier]
    return Case(*whens, default=Value(_seconds(first)), output_field=CharField())


def _seconds(offset: timedelta) -> str:
    return f"{int(offset.total_seconds()):+d} seconds"


@lru_cache(maxsize=64)
def _offsets(zone: tzinfo) -> Sequence[tuple[datetime, timedelta]]:
    """From when on, in UTC, `zone` has which offset since 1970; newest first.

    Looks every few days: no zone changes its clocks and back within that time.
    """
    at, end = datetime(1970, 1, 1, tzinfo=UTC), timezone.now() + timedelta(days=366)
    found = [(at, _at(zone, at))]
    while at < end:
        following = at + timedelta(days=5)
        if _at(zone, following) != found[-1][1]:
            found.append(_change(zone, at, following))
        at = following
    return found[::-1]


def _change(zone: tzinfo, low: datetime, high: datetime) -> tuple[datetime, timedelta]:
    """The moment between `low` and `high` from which the offset at `high` holds."""
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if _at(zone, middle) == _at(zone, high):
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0), _at(zone, high)


def _at(zone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()

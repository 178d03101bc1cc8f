"""How many assets lie in each month, or in each day of one, in the reader's time zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from django.db.models import Case, Count, Expression, F, Func, Value, When
from django.db.models.fields import CharField
from django.db.models.functions import Substr
from django.utils import timezone

from library.models import LibraryAssetQuerySet

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
MONTH, DAY, SECOND = 7, 10, 19  # characters of a date in ISO form


@dataclass(frozen=True)
class Period:
    """A month or a day, by its first day, with how many assets it has."""

    start: date
    number: int

    @property
    def end(self) -> date:
        """The last day of the month."""
        return following(self.start) - timedelta(days=1)


def months(kept: LibraryAssetQuerySet) -> list[Period]:
    """Those that have any, newest first, in one query."""
    return _counted(kept.filter(created_at__gte=EARLIEST), MONTH)


def days(kept: LibraryAssetQuerySet, month: date) -> list[Period]:
    """Those of one month that have any, newest first, in one query."""
    start, end = moments_of(month)
    return _counted(kept.filter(created_at__gte=start, created_at__lt=end), DAY)


def moments_of(month: date) -> tuple[datetime, datetime]:
    """Its beginning and the next one's, where the reader is."""
    return midnight(month.replace(day=1)), midnight(following(month))


def following(month: date) -> date:
    """The first day of the next month."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def midnight(day: date) -> datetime:
    """When `day` begins where the reader is, in UTC."""
    return timezone.make_aware(datetime(day.year, day.month, day.day)).astimezone(UTC)


def _counted(kept: LibraryAssetQuerySet, characters: int) -> list[Period]:
    name = LocalDate(timezone.get_current_timezone(), characters)
    found = kept.order_by().values(name=name).annotate(number=Count("pk")).order_by("-name")
    return [Period(date.fromisoformat(f"{row['name']}-01"[:DAY]), row["number"]) for row in found]


class LocalDate(Func):
    """The start of a time's date as text, 2026-11 or 2026-11-21, in a time zone.

    Django's own truncation calls Python for each row on SQLite, ten times slower. SQLite knows no
    zones, so it is given the offset of each stretch of time, and whole seconds: it rounds to
    thousandths, so that the last half of one would count for the next day.
    """

    output_field = CharField()

    def __init__(self, zone: tzinfo, characters: int, column: str = "created_at") -> None:
        self.zone, self.characters, self.column = zone, characters, column
        super().__init__(F(column))

    def as_sqlite(self, compiler, connection, **context):
        pattern = Value({MONTH: "%Y-%m", DAY: "%Y-%m-%d"}[self.characters])
        moved = Func(
            pattern,
            Substr(self.source_expressions[0], 1, SECOND),
            _offset(self.zone, self.column),
            function="strftime",
        )
        return compiler.compile(moved.resolve_expression(compiler.query))

    def as_postgresql(self, compiler, connection, **context):
        column, parameters = compiler.compile(self.source_expressions[0])
        pattern = {MONTH: "YYYY-MM", DAY: "YYYY-MM-DD"}[self.characters]
        sql = f"to_char({column} AT TIME ZONE %s, '{pattern}')"
        return sql, [*parameters, str(self.zone)]


def _offset(zone: tzinfo, column: str) -> Expression:
    """What to add to a moment, newest stretch of time first, for most assets are new."""
    *earlier, (_, first) = _offsets(zone)
    whens = [
        When(**{f"{column}__gte": start}, then=Value(_seconds(offset))) for start, offset in earlier
    ]
    return Case(*whens, default=Value(_seconds(first)), output_field=CharField())


def _seconds(offset: timedelta) -> str:
    return f"{int(offset.total_seconds()):+d} seconds"


def changes_of(zone: tzinfo) -> set[datetime]:
    """When its clocks were changed since 1970."""
    return {start for start, _ in _offsets(zone)}


@lru_cache(maxsize=64)
def _offsets(zone: tzinfo) -> Sequence[tuple[datetime, timedelta]]:
    """From when on, in UTC, `zone` has which offset since 1970; newest first.

    Looks every few days: no zone changes its clocks and back within that time.
    """
    at, end = EARLIEST, timezone.now() + timedelta(days=366)
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

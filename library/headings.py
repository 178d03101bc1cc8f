"""What the library's tiles stand under: a day, or a month where its days have few.

A heading is known from the few assets around it, so stretches that are loaded from either end
agree, and none has to count a month.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils.formats import date_format

FEW = 4  # a day with fewer is joined to others
DAYS = 3  # that many of them, one after the other, make a month's heading
# Assets beyond a stretch that decide about its own days: those before the next DAYS are settled.
AROUND = FEW * DAYS


@dataclass(frozen=True)
class Heading:
    """Its words, and the day (2026-11-21) or the month (2026-11) that it is about."""

    name: str
    about: str


def headings(days: Iterable[date], today: date) -> Mapping[date, Heading]:
    """By day, what its tiles stand under; `days` has one for each asset, newest first.

    Those of the first and the last AROUND assets may be others, unless nothing lies beyond.
    """
    numbers = Counter(days)
    recent = (today, today - timedelta(days=1))

    def joins(day: date) -> tuple[bool, int, int]:
        return numbers[day] < FEW and day not in recent, day.year, day.month

    found: dict[date, Heading] = {}
    for (is_sparse, *_), run in groupby(numbers, key=joins):
        together = list(run)
        name = _of_month if is_sparse and len(together) >= DAYS else _of_day
        found |= {day: name(day, today) for day in together}
    return found


def day_name(day: date, today: date) -> str:
    """Today, Yesterday, Thursday 19 November; with the year where it is another."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return date_format(day, "l j F" if day.year == today.year else "j F Y")


def _of_day(day: date, today: date) -> Heading:
    return Heading(day_name(day, today), day.isoformat())


def _of_month(day: date, today: date) -> Heading:
    name = date_format(day, "F" if day.year == today.year else "F Y")
    return Heading(name, f"{day:%Y-%m}")

"""What a URL or a form says, read: ids, numbers, days and moments, whoever wrote them."""

from datetime import date, datetime
from uuid import UUID

from django.http import Http404

# No time zone pushes a day of these years over the ends of time.
FIRST_YEAR, LAST_YEAR = 1970, 9998
LONGEST_NUMBER = 8  # digits


def uuid_of(text: str | None) -> UUID:
    """Http404 for what is none: an id that cannot be is like one that is not there."""
    try:
        return UUID(text or "")
    except ValueError:
        raise Http404 from None


def uuids_of(text: str) -> list[UUID]:
    """Ids with commas between them, each once, in order; Http404 where one is none."""
    return list(dict.fromkeys(uuid_of(one) for one in text.split(",") if one))


def number_of(text: str) -> int:
    """A whole number; 0 for what is none, or is longer than any that a page has."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else 0


def date_of(text: str) -> date:
    """A day as 2026-11-21; Http404 for what is none, or lies at the ends of time."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Http404
    return day


def moment_of(text: str) -> datetime:
    """A moment with its time zone; ValueError for what is none, or lies at the ends of time."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1 < moment.year < datetime.max.year:
        raise ValueError(f"{text!r} is no moment that every time zone has")
    return moment

"""Lists by keyset: a page says where the next begins, and costs the same at any depth."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from ourvidz.errors import RequestError
from ourvidz.reading import moment_of

LIMIT_DEFAULT = 50
LIMIT_MAXIMUM = 200
BAD_CURSOR = "Use next_cursor of the page before, or leave it out."
BAD_LIMIT = f"Use a whole number from 1 to {LIMIT_MAXIMUM}."

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, newest first. `next_cursor` is None at the end."""

    items: list[Row]
    next_cursor: str | None


def page_of(
    rows: QuerySet[Row], cursor: str = "", limit: int = LIMIT_DEFAULT, *, by: str = "created_at"
) -> Page[Row]:
    """The page of `rows` that starts after `cursor`, by (`by`, id), newest first.

    RequestError names a `cursor` that is none of ours or a `limit` out of range.
    """
    if not 1 <= limit <= LIMIT_MAXIMUM:
        raise RequestError({"limit": [BAD_LIMIT]})
    rows = rows.order_by(f"-{by}", "-id")
    if cursor:
        moment, last = _decode(cursor)
        rows = rows.filter(Q(**{f"{by}__lt": moment}) | Q(**{by: moment, "id__lt": last}))
    items = list(rows[: limit + 1])
    more = len(items) > limit
    return Page(items[:limit], _encode(items[limit - 1], by) if more else None)


def _encode(row: Any, by: str) -> str:
    position = json.dumps([getattr(row, by).isoformat(), str(row.pk)])
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[datetime, UUID]:
    """The time (with its zone) and id of the last row before the page."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        moment, last = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return moment_of(moment), UUID(last)
    except (binascii.Error, ValueError, TypeError, AttributeError) as error:
        raise RequestError({"cursor": [BAD_CURSOR]}) from error

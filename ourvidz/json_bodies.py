"""JSON that is sent to the API, with nothing in it that cannot be kept as text."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from ourvidz.errors import RequestError

NOT_UNICODE = "Remove characters that are not valid Unicode."
_ESCAPE = b"\\ud"  # what half a character begins with; UTF-8 has none


class JsonParser(Parser):
    """As ninja's, but half characters (`\\ud800` alone) are named by field: no database has them.

    RequestError for those, ValueError or RecursionError for what is not JSON.
    """

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        body = super().parse_body(request)
        if _ESCAPE in request.body.lower():
            places = [".".join(place) or "body" for place in _halves(body)]
            if places:
                raise RequestError({place: [NOT_UNICODE] for place in places})
        return body


def _halves(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where `value` has text with half characters in it."""
    if isinstance(value, str):
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            yield place
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _halves(item, (*place, str(number)))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _halves(name, place)
            yield from _halves(item, (*place, name))

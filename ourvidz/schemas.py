"""What the schemas of every part of the API have in common."""

from collections.abc import Mapping
from typing import Any

from ninja import Schema
from pydantic import ConfigDict

_SIGNED = "/media/user-library/7/6f1c2a5e{}?expires=1795262400&signature=kJ3vWm"
URLS_EXAMPLE = {
    "original": _SIGNED.format(".png"),
    "thumbnail": _SIGNED.format(".thumb.webp"),
    "poster": "",
}


def shown_as(example: Mapping[str, Any]) -> ConfigDict:
    """As `model_config` of a schema: the example of it in the OpenAPI document."""
    return ConfigDict(json_schema_extra={"examples": [dict(example)]})


def page_of_one(example: Mapping[str, Any]) -> ConfigDict:
    """The same for a page of a list."""
    return shown_as({"items": [dict(example)], "next_cursor": None})


class UrlsOut(Schema):
    """Where an asset's files are, '' for what it has not: whoever has the URL may read it.

    They expire after SIGNED_URL_SECONDS, so ask for the asset again rather than keep them.
    """

    original: str
    thumbnail: str
    poster: str

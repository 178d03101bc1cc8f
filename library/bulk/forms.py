"""What to do to a selection, as the page asks for it."""

from typing import Any
from uuid import UUID

from ourvidz.reading import uuids_of


def told(data) -> dict[str, Any]:
    """What `starting.start` takes, of a POST; what is not of its kind counts as not given.

    Http404 for a list of ids with something else in it.
    """
    return {
        "action": data.get("action", ""),
        "query": data.get("q", ""),
        "asset_ids": uuids_of(data.get("asset_ids", "")),
        "except_ids": uuids_of(data.get("except_ids", "")),
        "tags": data.get("tags", "").split(","),
        "rating": _read(int, data.get("rating", "")),
        "visibility": data.get("visibility", ""),
        "collection_id": _read(UUID, data.get("collection_id", "")),
        "from_id": _read(UUID, data.get("from_id", "")),
    }


def _read(kind: type, text: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        return None

"""What to do to all that match, as the page asks for it."""

from typing import Any
from uuid import UUID

from django import forms

from library.bulk.models import Batch

_OFFERED = [
    (action.value, action.label)
    for action in Batch.Action
    if action not in (Batch.Action.RESTORE, Batch.Action.UNDO)
]
_STARS = [("0", "No rating"), *((str(stars), f"{stars} of 5") for stars in range(1, 6))]
MOST_COLLECTIONS = 200


def _used_by(field: forms.Field, *actions: str) -> forms.Field:
    """The page shows the field for these actions only."""
    field.used_by = " ".join(actions)  # type: ignore[attr-defined]
    return field


class BatchForm(forms.Form):
    """Its values as they were typed: `starting.start` is what judges them."""

    action = forms.ChoiceField(label="What to do", choices=_OFFERED)
    tags = _used_by(
        forms.CharField(required=False, max_length=1000, help_text="With commas between them."),
        Batch.Action.TAG,
        Batch.Action.UNTAG,
    )
    rating = _used_by(forms.ChoiceField(required=False, choices=_STARS), Batch.Action.RATE)
    collection_id = _used_by(
        forms.ChoiceField(label="Collection", required=False), Batch.Action.ADD, Batch.Action.REMOVE
    )

    def __init__(self, owner) -> None:
        super().__init__(auto_id="bulk-%s")
        rows = owner.collections.kept()[:MOST_COLLECTIONS]
        choices = [(str(row.pk), row.name) for row in rows]
        self.fields["collection_id"].choices = choices or [("", "You have none yet")]  # type: ignore[attr-defined]


def told(data) -> dict[str, Any]:
    """What `starting.start` takes, of a POST; what is not of its kind counts as not given."""
    return {
        "action": data.get("action", ""),
        "query": data.get("q", ""),
        "tags": data.get("tags", "").split(","),
        "rating": _read(int, data.get("rating", "")),
        "collection_id": _read(UUID, data.get("collection_id", "")),
    }


def _read(kind: type, text: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        return None

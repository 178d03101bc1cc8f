"""The box that picks one collection by its name, in forms and for what is done to a selection."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from .choosing import is_named
from .nesting import Forest, Place

PAGE_SIZE = 50


@dataclass(frozen=True)
class Field:
    """How it is asked for; `none` is what picking none is called, '' where one has to be picked."""

    label: str
    none: str = ""
    makes_new: bool = False  # of the words, in place of an id: `new`


FIELDS = {
    "collection_id": Field("Put into", none="None", makes_new=True),
    "from_id": Field("Take out of", none="None"),
    "parent": Field("Lies in", none="No other collection"),
    "target": Field("Merge into"),
}


@dataclass(frozen=True)
class Picker:
    """One stretch of the collections that match; `next` says where the following one begins."""

    name: str
    words: str
    places: Sequence[Place]
    start: int
    next: int | None
    is_known: bool  # one has exactly the name that was looked for
    picked: UUID | None = None
    moved: UUID | None = None

    @property
    def field(self) -> Field:
        return FIELDS[self.name]

    @property
    def url(self) -> str:
        """Where words are looked for, in `q`."""
        asked = {"field": self.name}
        if self.moved:
            asked["moved"] = str(self.moved)
        return f"{reverse('collections:picker')}?{urlencode(asked)}"

    @property
    def next_url(self) -> str:
        return f"{self.url}&{urlencode({'q': self.words, 'start': str(self.next)})}"

    @property
    def new_name(self) -> str:
        """What a new collection would be called; '' where none can be made."""
        return self.words if self.field.makes_new and not self.is_known else ""


def picker(
    forest: Forest,
    name: str,
    *,
    words: str = "",
    start: int = 0,
    picked: UUID | None = None,
    moved: UUID | None = None,
) -> Picker:
    """PAGE_SIZE of those that have `words` from `start` on; none that lies in `moved`.

    The one that is `picked` stands first.
    """
    without = forest.with_all_in(moved) if moved else set()
    found = forest.matching(words, without)
    found.sort(key=lambda place: place.collection.pk != picked)
    end = start + PAGE_SIZE
    return Picker(
        name=name,
        words=" ".join(words.split()),
        places=found[start:end],
        start=start,
        next=end if end < len(found) else None,
        is_known=is_named((place.collection for place in found), words),
        picked=picked,
        moved=moved,
    )

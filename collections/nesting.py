"""Which collection lies in which: an owner's forest, and what may not be done to it."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import get_user_model
from django.http import Http404

from library.placing import DEEPEST
from ourvidz.errors import StateError

from .models import Collection

IN_ITSELF = "A collection cannot lie in itself or in one that lies in it. Choose another place."
TOO_DEEP = f"Collections lie in each other up to {DEEPEST} levels. Choose a place further up."


class CannotNest(StateError):  # noqa: N818 - said as a sentence
    """It would lie in itself, or too deep; the message says which."""


@dataclass(frozen=True)
class Place:
    """A collection, and the names of what it lies in; '' at the top."""

    collection: Collection
    path: str


class Forest:
    """The collections of one owner, read at once: id, name and parent of each."""

    def __init__(self, owner) -> None:
        rows = owner.collections.kept().only("id", "name", "parent_id", "owner_id")
        self.rows: dict[UUID, Collection] = {
            row.pk: row for row in sorted(rows, key=lambda row: row.name.casefold())
        }
        self._children: dict[UUID | None, list[Collection]] = {}
        for row in self.rows.values():
            self._children.setdefault(row.parent_id, []).append(row)

    def above(self, pk: UUID) -> list[Collection]:
        """What `pk` lies in, outermost first."""
        found: list[Collection] = []
        parent_id = self.rows[pk].parent_id
        while parent_id in self.rows:
            found.append(self.rows[parent_id])
            parent_id = self.rows[parent_id].parent_id
        return found[::-1]

    def place_of(self, pk: UUID) -> Place:
        return Place(self.rows[pk], " / ".join(outer.name for outer in self.above(pk)))

    def matching(self, words: str, without: Container[UUID] = ()) -> list[Place]:
        """Those whose path has all `words`, in any case: by name, but what has them all in its own
        name before what only lies in such a one.
        """
        wanted = words.casefold().split()
        places = [self.place_of(row.pk) for _, row in self.walk() if row.pk not in without]
        found = [place for place in places if _has(f"{place.path} / {place.collection}", wanted)]
        return sorted(found, key=lambda place: not _has(place.collection.name, wanted))

    def walk(self, top: UUID | None = None, depth: int = 0) -> Iterator[tuple[int, Collection]]:
        """Everything in `top` (None: all) by name, each before what lies in it, with its depth."""
        for row in self._children.get(top, ()):
            yield depth, row
            yield from self.walk(row.pk, depth + 1)

    def branches(self, top: UUID | None = None) -> list[tuple[Collection, list]]:
        """Everything in `top` by name, each with its own branches."""
        return [(row, self.branches(row.pk)) for row in self._children.get(top, ())]

    def with_all_in(self, pk: UUID) -> set[UUID]:
        """`pk` and everything that lies in it."""
        return {pk, *(row.pk for _, row in self.walk(pk))}

    def check(self, parent_id: UUID | None, pk: UUID | None = None) -> None:
        """Whether `pk` (None: a new one) may lie in `parent_id`; else CannotNest.

        Http404 for a parent that is not the owner's.
        """
        if parent_id is None:
            return
        if parent_id not in self.rows:
            raise Http404
        if pk is not None and parent_id in self.with_all_in(pk):
            raise CannotNest(IN_ITSELF)
        if self._levels(parent_id, pk) > DEEPEST:
            raise CannotNest(TOO_DEEP)

    def may_stay(self, pk: UUID) -> bool:
        """Whether `pk` lies in something that is there, and not too deep."""
        parent_id = self.rows[pk].parent_id
        return parent_id in self.rows and self._levels(parent_id, pk) <= DEEPEST

    def _levels(self, parent_id: UUID, pk: UUID | None) -> int:
        """How many there are from the top to the innermost in `pk` (None: a new one)."""
        levels_in = max((depth + 1 for depth, _ in self.walk(pk)), default=0) if pk else 0
        return len(self.above(parent_id)) + 2 + levels_in


def _has(text: str, wanted: list[str]) -> bool:
    return all(word in text.casefold() for word in wanted)


def locked(owner) -> Forest:
    """The owner's forest, in a transaction, while nobody else can change its shape.

    Two moves that are fine by themselves can make a circle together, so they go one by one.
    """
    get_user_model().objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
    return Forest(owner)

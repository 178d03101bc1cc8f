"""What one commit did, as it is kept to undo it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ourvidz.ids import ids_of, texts


@dataclass
class Done:
    """Changes of library assets, all by their ids.

    `ratings` has what was and what is, `favourites` what is, `collections` those that were
    made with what was put in, `settled` primary keys.
    """

    trashed: list[UUID] = field(default_factory=list)
    ratings: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    favourites: dict[UUID, bool] = field(default_factory=dict)
    tagged: dict[int, list[UUID]] = field(default_factory=dict)
    collections: dict[UUID, list[UUID]] = field(default_factory=dict)
    settled: list[int] = field(default_factory=list)

    @property
    def assets(self) -> list[UUID]:
        """Each asset that is other than before, once."""
        labelled = [*self.tagged.values(), *self.collections.values()]
        touched = [*self.trashed, *self.ratings, *self.favourites]
        return list(dict.fromkeys([*touched, *(pk for ids in labelled for pk in ids)]))

    @property
    def is_empty(self) -> bool:
        return not (self.assets or self.settled or self.collections)

    def to_json(self) -> dict[str, Any]:
        return {
            "trashed": texts(self.trashed),
            "ratings": {str(pk): list(change) for pk, change in self.ratings.items()},
            "favourites": {str(pk): value for pk, value in self.favourites.items()},
            "tagged": {str(tag): texts(ids) for tag, ids in self.tagged.items()},
            "collections": {str(pk): texts(ids) for pk, ids in self.collections.items()},
            "settled": self.settled,
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Done":
        """From what `to_json` gave, or nothing."""
        return cls(
            trashed=ids_of(kept.get("trashed", ())),
            ratings={UUID(pk): (old, new) for pk, (old, new) in kept.get("ratings", {}).items()},
            favourites={UUID(pk): value for pk, value in kept.get("favourites", {}).items()},
            tagged={int(tag): ids_of(ids) for tag, ids in kept.get("tagged", {}).items()},
            collections={UUID(pk): ids_of(ids) for pk, ids in kept.get("collections", {}).items()},
            settled=list(kept.get("settled", ())),
        )

"""What an action did, kept in its row so that it can be taken back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from library.labels import Labelled
from library.organising.done import Done
from ourvidz.ids import ids_of, texts
from workspace.models import Action


@dataclass
class Journal:
    """The changes of one action.

    Everything that it removes gets `at` as its time, which tells it from what was removed
    before or since.
    """

    at: datetime = field(default_factory=timezone.now)
    removed: list[UUID] = field(default_factory=list)
    jobs: list[UUID] = field(default_factory=list)
    saved: list[UUID] = field(default_factory=list)
    trashed: list[UUID] = field(default_factory=list)
    labelled: Labelled = field(default_factory=Labelled)
    organised: Done = field(default_factory=Done)

    def add_labelled(self, labelled: Labelled) -> None:
        """Note also these labels; an action has one collection at most."""
        for tag, ids in labelled.tagged.items():
            self.labelled.tagged.setdefault(tag, []).extend(ids)
        self.labelled.collection_id = labelled.collection_id or self.labelled.collection_id
        self.labelled.filed += labelled.filed

    def write(self, owner, kind: Action.Kind, row: Action | None = None) -> Action:
        """Keep it in a new row, or in `row`, which had what was done so far."""
        if row is None:
            expires_at = self.at + timedelta(minutes=settings.UNDO_MINUTES)
            return Action.objects.create(
                owner=owner, kind=kind, changes=self.to_json(), expires_at=expires_at
            )
        row.changes = self.to_json()
        row.save(update_fields=["changes"])
        return row

    def to_json(self) -> dict[str, Any]:
        tagged = {str(tag): texts(ids) for tag, ids in self.labelled.tagged.items()}
        collection_id = self.labelled.collection_id
        return {
            "at": self.at.isoformat(),
            "removed": texts(self.removed),
            "jobs": texts(self.jobs),
            "saved": texts(self.saved),
            "trashed": texts(self.trashed),
            "tagged": tagged,
            "collection": str(collection_id) if collection_id else None,
            "filed": texts(self.labelled.filed),
            "organised": self.organised.to_json(),
        }

    @classmethod
    def of(cls, action: Action) -> "Journal":
        """What `action` did; lists that its row lacks are empty."""
        kept = action.changes
        tagged = {int(tag): ids_of(ids) for tag, ids in kept.get("tagged", {}).items()}
        collection_id = UUID(kept["collection"]) if kept.get("collection") else None
        return cls(
            at=datetime.fromisoformat(kept["at"]) if "at" in kept else action.created_at,
            removed=ids_of(kept.get("removed", ())),
            jobs=ids_of(kept.get("jobs", ())),
            saved=ids_of(kept.get("saved", ())),
            trashed=ids_of(kept.get("trashed", ())),
            labelled=Labelled(tagged, collection_id, ids_of(kept.get("filed", ()))),
            organised=Done.of(kept.get("organised", {})),
        )

    @property
    def assets(self) -> list[UUID]:
        """What the action was for: what left the workspace, else the library's assets."""
        tagged = [pk for ids in self.labelled.tagged.values() for pk in ids]
        kept = self.saved + self.trashed + self.labelled.filed + tagged + self.organised.assets
        return self.removed or list(dict.fromkeys(kept))

    @property
    def is_empty(self) -> bool:
        labelled = self.labelled
        lists = (self.removed, self.jobs, self.saved, self.trashed, labelled.filed)
        something = any(lists) or any(labelled.tagged.values())
        return not something and self.organised.is_empty

"""What a step of a batch did, and how that is kept as JSON."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from library.bulk.models import Batch
from library.models import LibraryAsset

OTHER_SINCE = "It was changed again since."


@dataclass
class Done:
    """What became of some assets: how many are other now, and why the rest could not be.

    `did` has what is now other than it was, by asset, so that an undo puts back exactly that.
    """

    did: dict[str, Any] = field(default_factory=dict)
    changed: int = 0
    failures: dict[UUID, str] = field(default_factory=dict)


def present(batch: Batch):
    """The owner's assets that are there, or in the trash and can come back."""
    return LibraryAsset.objects.owned_by(batch.owner).present()


def existing(batch: Batch, ids: Collection[UUID]) -> set[UUID]:
    """Those of `ids` that are there, or in the trash and can come back."""
    rows = present(batch).filter(pk__in=ids).order_by()
    return set(rows.values_list("pk", flat=True))


def changed_since(ids: Collection[UUID]) -> dict[UUID, str]:
    """As failures of an undo."""
    return dict.fromkeys(ids, OTHER_SINCE)

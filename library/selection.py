"""Which assets a selection is about: found by query, so also those that no page has loaded."""

from dataclasses import dataclass
from uuid import UUID

from library.counting.tally import Tally
from library.models import LibraryAsset, LibraryAssetQuerySet

MOST_SELECTED = 5_000  # by their ids; all that match may be more


@dataclass(frozen=True)
class Found:
    """Ids in the library's order, at most MOST_SELECTED; and how many there are."""

    ids: list[UUID]
    total: int


def found(assets: LibraryAssetQuerySet, tally: Tally | None = None) -> Found:
    """All of `assets`; where they are too many, only their number.

    A `tally` of the same assets, where there is one, saves counting them.
    """
    ids = list(assets.values_list("pk", flat=True)[: MOST_SELECTED + 1])
    if len(ids) > MOST_SELECTED:
        total = tally.total() if tally else assets.order_by().count()
        return Found(ids[:MOST_SELECTED], total)
    return Found(ids, len(ids))


def between(
    assets: LibraryAssetQuerySet, one: LibraryAsset, other: LibraryAsset
) -> LibraryAssetQuerySet:
    """Those of `assets` from `one` to `other`, both included, either way round."""
    newer, older = sorted((one, other), key=lambda asset: (asset.created_at, asset.pk))[::-1]
    return assets.from_place(newer).up_to(older)

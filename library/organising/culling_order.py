"""In what order assets are looked through: stretches of it, by the asset where they lie."""

from typing import Any, Protocol

from django.db.models import Q

from library.counting.tally import Tally
from library.models import LibraryAsset, LibraryAssetQuerySet

STRETCH = 60


class Order(Protocol):
    """Assets one after the other. A mark is an asset of the same owner's, maybe in the trash.

    LookupError for a mark that has no place in it.
    """

    def count(self) -> int: ...
    def first(self) -> list[LibraryAsset]: ...
    def starting_at(self, mark: LibraryAsset) -> list[LibraryAsset]: ...
    def after(self, mark: LibraryAsset) -> list[LibraryAsset]: ...
    def before(self, mark: LibraryAsset) -> list[LibraryAsset]: ...
    def number_before(self, mark: LibraryAsset) -> int: ...


class NewestFirst:
    """What a search finds, or all that is kept.

    A `tally` of the same assets, where there is one, saves counting them.
    """

    def __init__(self, assets: LibraryAssetQuerySet, tally: Tally | None = None) -> None:
        self.assets = assets
        self.tally = tally

    def count(self) -> int:
        return self.tally.total() if self.tally else self.assets.order_by().count()

    def first(self) -> list[LibraryAsset]:
        return list(self.assets[:STRETCH])

    def starting_at(self, mark: LibraryAsset) -> list[LibraryAsset]:
        return list(self.assets.exclude(_newer(mark))[:STRETCH])

    def after(self, mark: LibraryAsset) -> list[LibraryAsset]:
        return list(self.assets.older_than(mark)[:STRETCH])

    def before(self, mark: LibraryAsset) -> list[LibraryAsset]:
        nearest_first = self.assets.filter(_newer(mark)).order_by("created_at", "id")
        return list(nearest_first[:STRETCH])[::-1]

    def number_before(self, mark: LibraryAsset) -> int:
        if self.tally:
            return self.tally.before(mark)
        return self.assets.filter(_newer(mark)).order_by().count()


class AsArranged:
    """What is in a collection, as its owner ordered it."""

    def __init__(self, collection: Any) -> None:
        self.memberships = collection.memberships
        self.rows = self.memberships.filter(asset__deleted_at=None).order_by("position", "id")

    def count(self) -> int:
        return self.rows.count()

    def first(self) -> list[LibraryAsset]:
        return _assets(self.rows)

    def starting_at(self, mark: LibraryAsset) -> list[LibraryAsset]:
        return _assets(self.rows.exclude(self._earlier(mark)))

    def after(self, mark: LibraryAsset) -> list[LibraryAsset]:
        return _assets(self.rows.exclude(self._earlier(mark)).exclude(asset=mark))

    def before(self, mark: LibraryAsset) -> list[LibraryAsset]:
        nearest_first = self.rows.filter(self._earlier(mark)).order_by("-position", "-id")
        return _assets(nearest_first)[::-1]

    def number_before(self, mark: LibraryAsset) -> int:
        return self.rows.filter(self._earlier(mark)).count()

    def _earlier(self, mark: LibraryAsset) -> Q:
        """What stands before `mark`, which keeps its place while it is in the trash."""
        place = self.memberships.filter(asset=mark).first()
        if place is None:
            raise LookupError(f"{mark.pk} has no place in it")
        return Q(position__lt=place.position) | Q(position=place.position, pk__lt=place.pk)


def _newer(mark: LibraryAsset) -> Q:
    return Q(created_at__gt=mark.created_at) | Q(created_at=mark.created_at, id__gt=mark.pk)


def _assets(rows: Any) -> list[LibraryAsset]:
    found = rows.select_related("asset").defer("asset__search_text")[:STRETCH]
    return [place.asset for place in found]

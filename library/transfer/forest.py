"""The owner's collections as an archive has them: outer ones first, with the assets in order.

The library knows its collections only by the owner's relations (docs/architecture.md).
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID


class Forest:
    """The collections of one owner, read at once."""

    def __init__(self, owner) -> None:
        rows = owner.collections.kept().order_by()
        self.rows: dict[UUID, Any] = {row.pk: row for row in rows}
        self.places = owner.collections.model.assets.through.objects
        self._children: dict[UUID | None, list[Any]] = {}
        for row in sorted(rows, key=_order):
            self._children.setdefault(self._parent(row), []).append(row)

    def within(self, top: UUID) -> set[UUID]:
        """`top` and all that lies in it."""
        return {top, *(row.pk for row in self._walk(top))}

    def around(self, asset_ids: Collection[UUID]) -> set[UUID]:
        """Those that hold one of the assets, and what they lie in."""
        places = self.places.filter(collection__in=self.rows.values()).order_by()
        pairs = places.values_list("collection_id", "asset_id").iterator()
        holding = {collection for collection, asset in pairs if asset in asset_ids}
        return {above for pk in holding for above in self._above(pk)}

    def entries(
        self, chosen: Collection[UUID], known_as: Mapping[UUID, UUID]
    ) -> Iterator[dict[str, Any]]:
        """What the manifest says about `chosen`; assets by the id that the archive gives them."""
        numbers: dict[UUID | None, int | None] = {None: None}
        for row in self._walk(None):
            if row.pk not in chosen:
                continue
            numbers[row.pk] = len(numbers)
            places = self.places.filter(collection=row.pk).order_by("position", "id")
            assets = places.values_list("asset_id", flat=True)
            yield {
                "number": numbers[row.pk],
                "parent": numbers.get(row.parent_id),
                "name": row.name,
                "description": row.description,
                "cover": known_as.get(row.cover_id),
                "created_at": row.created_at,
                "assets": [known_as[pk] for pk in assets.iterator() if pk in known_as],
            }

    def named(self, parent: UUID | None, name: str) -> list[UUID]:
        """Those of this name in `parent`, in their order."""
        return [row.pk for row in self._children.get(parent, ()) if row.name == name]

    def _parent(self, row) -> UUID | None:
        return row.parent_id if row.parent_id in self.rows else None

    def _above(self, pk: UUID | None) -> list[UUID]:
        found = []
        while pk:
            found.append(pk)
            pk = self._parent(self.rows[pk])
        return found

    def _walk(self, top: UUID | None) -> Iterator[Any]:
        for row in self._children.get(top, ()):
            yield row
            yield from self._walk(row.pk)


def _order(row) -> tuple:
    return row.name.casefold(), row.created_at, row.name

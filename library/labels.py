"""Tags and a collection for library assets, put on in one go and taken off again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404

from library import tagging
from library.models import LibraryAsset
from library.placing import append, places_in

TagOfAsset = LibraryAsset.tags.through


@dataclass
class Labelled:
    """What was put on: assets by tag id, and assets filed in a collection."""

    tagged: dict[int, list[UUID]] = field(default_factory=dict)
    collection_id: UUID | None = None
    filed: list[UUID] = field(default_factory=list)


@dataclass(frozen=True)
class Labels:
    """Names of tags, and a collection or None, all of the assets' owner."""

    tags: Sequence[str] = ()
    collection: Any = None

    def put_on(self, owner_id: int, asset_ids: Sequence[UUID]) -> Labelled:
        """Label library assets; what they had already is left alone and not reported.

        Inside a transaction, which has `lock_tags` first if it locks anything else.
        """
        labelled = Labelled()
        if self.tags and asset_ids:
            labelled.tagged = _tag(owner_id, asset_ids, self.tags)
        if self.collection and asset_ids:
            labelled.collection_id = self.collection.pk
            labelled.filed = _file(self.collection, asset_ids)
        return labelled


def take_off(owner, labelled: Labelled) -> None:
    """Undo a `put_on`, in a transaction of the same kind."""
    pairs = [Q(tag=tag, libraryasset__in=ids) for tag, ids in labelled.tagged.items()]
    if pairs:
        tagging.lock_tags(owner.pk)
        TagOfAsset.objects.filter(reduce(or_, pairs), tag__owner=owner).delete()
        tagging.drop_unused(owner.pk)
    collection = owner.collections.filter(pk=labelled.collection_id).first()
    if collection:
        collection.memberships.filter(asset__in=labelled.filed).delete()


def _tag(owner_id: int, asset_ids: Sequence[UUID], names: Sequence[str]) -> dict[int, list[UUID]]:
    ids = [tag.pk for tag in tagging.tags_named(owner_id, names)]
    rows = TagOfAsset.objects.filter(libraryasset__in=asset_ids, tag__in=ids)
    there = set(rows.values_list("tag_id", "libraryasset_id"))
    tagged = {tag: [asset for asset in asset_ids if (tag, asset) not in there] for tag in ids}
    TagOfAsset.objects.bulk_create(
        [TagOfAsset(tag_id=tag, libraryasset_id=asset) for tag in tagged for asset in tagged[tag]]
    )
    return tagged


def _file(collection, asset_ids: Sequence[UUID]) -> list[UUID]:
    places = places_in(collection.owner, collection.pk)
    if places is None:
        raise Http404
    return append(places, asset_ids)

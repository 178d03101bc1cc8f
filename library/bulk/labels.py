"""Tags of many assets at once, by name: a tag goes with its last asset and comes back with one.

All inside a transaction.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Count

from library import tagging
from library.models import LibraryAsset

TagOfAsset = LibraryAsset.tags.through
Tagged = dict[str, list[UUID]]  # assets by the name of the tag that was put on or taken off


def put_on(owner, wanted: Mapping[str, Sequence[UUID]]) -> Tagged:
    """Give assets tags; those that had one already are left out of the answer."""
    done: Tagged = {}
    for tag, assets in zip(tagging.tags_named(owner.pk, wanted), wanted.values(), strict=True):
        places = TagOfAsset.objects.filter(tag=tag, libraryasset__in=assets)
        there = set(places.values_list("libraryasset_id", flat=True))
        done[tag.name] = [pk for pk in assets if pk not in there]
        rows = [TagOfAsset(tag=tag, libraryasset_id=pk) for pk in done[tag.name]]
        TagOfAsset.objects.bulk_create(rows)
    return done


def take_off(owner, wanted: Mapping[str, Sequence[UUID]]) -> Tagged:
    """Take tags from assets; those that had none are left out of the answer."""
    tagging.lock_tags(owner.pk)
    known = tagging.known_tags(owner.pk)
    done: Tagged = {}
    for name, assets in wanted.items():
        if (tag := known.get(name.casefold())) is None:
            continue
        places = TagOfAsset.objects.filter(tag=tag, libraryasset__in=assets)
        done[tag.name] = list(places.values_list("libraryasset_id", flat=True))
        places.delete()
    tagging.drop_unused(owner.pk)
    return done


def room(assets: Sequence[UUID], names: Sequence[str], most: int) -> set[UUID]:
    """Those of `assets` that would not have more than `most` tags with all of `names`."""
    folded = {name.casefold() for name in names}
    places = TagOfAsset.objects.filter(libraryasset__in=assets)
    numbers = places.order_by().values_list("libraryasset_id").annotate(number=Count("pk"))
    counts = {asset: number for asset, number in numbers if number + len(folded) > most}
    full = places.filter(libraryasset__in=counts).values_list("libraryasset_id", "tag__name")
    for asset, name in full:
        counts[asset] -= name.casefold() in folded
    return {pk for pk in assets if counts.get(pk, 0) + len(folded) <= most}

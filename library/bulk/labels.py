"""Tags of many assets at once, by name: a tag goes with its last asset and comes back with one.

All inside a transaction.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Count

from library.models import LibraryAsset, Tag
from library.tagging import lock_tags

TagOfAsset = LibraryAsset.tags.through
Tagged = dict[str, list[UUID]]  # assets by the name of the tag that was put on or taken off


def put_on(owner, wanted: Mapping[str, Sequence[UUID]]) -> Tagged:
    """Give assets tags; those that had one already are left out of the answer."""
    lock_tags(owner.pk)
    tags = _ensured(owner, wanted)
    done: Tagged = {}
    for name, assets in wanted.items():
        tag = tags[name.casefold()]
        places = TagOfAsset.objects.filter(tag=tag, libraryasset__in=assets)
        there = set(places.values_list("libraryasset_id", flat=True))
        done[tag.name] = [pk for pk in assets if pk not in there]
        rows = [TagOfAsset(tag=tag, libraryasset_id=pk) for pk in done[tag.name]]
        TagOfAsset.objects.bulk_create(rows)
    return done


def take_off(owner, wanted: Mapping[str, Sequence[UUID]]) -> Tagged:
    """Take tags from assets; those that had none are left out of the answer."""
    lock_tags(owner.pk)
    known = _known(owner)
    done: Tagged = {}
    for name, assets in wanted.items():
        if (tag := known.get(name.casefold())) is None:
            continue
        places = TagOfAsset.objects.filter(tag=tag, libraryasset__in=assets)
        done[tag.name] = list(places.values_list("libraryasset_id", flat=True))
        places.delete()
    Tag.objects.filter(owner=owner, assets=None).delete()
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


def _known(owner) -> dict[str, Tag]:
    return {tag.name.casefold(): tag for tag in Tag.objects.filter(owner=owner)}


def _ensured(owner, names) -> dict[str, Tag]:
    """The owner's tags by their names in one case, with those that were missing."""
    known = _known(owner)
    new = [Tag(owner=owner, name=name) for name in names if name.casefold() not in known]
    if not new:
        return known
    Tag.objects.bulk_create(new)
    return _known(owner)

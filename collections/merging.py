"""Two collections become one."""

from django.db import transaction

from . import changes, membership, nesting
from .models import Collection


@transaction.atomic
def merge(source: Collection, target: Collection) -> None:
    """Append what is in `source` to `target`, with what lies in it, and delete `source`.

    CannotNest, and nothing is done, where the two are one, where `target` lies in `source`, or
    where what lies in `source` would lie too deep.
    """
    forest = nesting.locked(source.owner)
    if target.pk in forest.with_all_in(source.pk):
        raise nesting.CannotNest(nesting.IN_ITSELF)
    inner = [row.pk for depth, row in forest.walk(source.pk) if depth == 0]
    for pk in inner:
        forest.check(target.pk, pk)
    membership.lock_both(source, target)
    assets = list(membership.locked(source).values_list("asset_id", flat=True))
    for start in range(0, len(assets), membership.MOST_AT_ONCE):
        membership.add(target, assets[start : start + membership.MOST_AT_ONCE])
    Collection.objects.filter(pk__in=inner).update(parent=target)
    changes.delete(source)

"""Writers at the same time, each in its thread with its own connection."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise

import pytest
from django.db import connection
from django.http import Http404
from ourvidz.collections.models import Collection, Membership

from library import trash
from library.models import LibraryAsset
from ourvidz.collections import changes, membership, merging, nesting
from tests.factories import make_library_asset, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls) -> list:
    """What each call returned or raised, all having run in parallel."""

    def run(call):
        try:
            return call()
        except (nesting.CannotNest, Http404) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_counts_and_positions_are_exact_whoever_writes():
    owner = make_user()
    shelf = changes.create(owner, name="shelf")
    assets = [make_library_asset(owner).pk for _ in range(12)]

    def add_all(order):
        return lambda: [membership.add(shelf, [asset]) for asset in order]

    def add_and_remove(some):
        def run():
            for asset in some:
                membership.add(shelf, [asset])
                membership.remove(shelf, [asset])

        return run

    at_once(
        add_all(assets[:8]),
        add_all(assets[7::-1]),
        add_and_remove(assets[8:]),
        add_and_remove(assets[11:7:-1]),
    )

    places = list(shelf.memberships.values_list("asset", "position"))
    assert {asset for asset, _ in places} == set(assets[:8])
    assert len({position for _, position in places}) == len(places) == 8
    assert Collection.objects.counted().get(pk=shelf.pk).size == 8


def test_two_moves_cannot_make_a_circle_together():
    owner = make_user()
    for _ in range(5):
        pair = [changes.create(owner, name=name) for name in ("one", "two")]
        moves = [
            partial(changes.edit, inner, parent_id=outer.pk)
            for inner, outer in (pair, reversed(pair))
        ]

        results = at_once(*moves)

        assert sum(isinstance(result, nesting.CannotNest) for result in results) == 1
        for collection in pair:
            collection.refresh_from_db()
        assert sum(collection.parent_id is None for collection in pair) == 1


def test_counts_are_exact_while_assets_move_between_collections_and_the_trash():
    owner = make_user()
    shelves = [changes.create(owner, name=name) for name in ("one", "two", "three")]
    assets = [make_library_asset(owner).pk for _ in range(9)]
    membership.add(shelves[0], assets)

    def round_trips(some, order):
        def run():
            for asset in some:
                for source, target in pairwise(order):
                    membership.transfer(shelves[source], shelves[target], [asset])

        return run

    def in_and_out_of_trash():
        rows = LibraryAsset.objects.filter(pk__in=assets)
        for _ in range(3):
            trash.move_to_trash(rows)
            trash.restore(rows)

    at_once(
        round_trips(assets[:3], (0, 1, 2, 0, 1)),
        round_trips(assets[3:6], (0, 2, 1, 0, 2)),
        round_trips(assets[6:], (0, 1, 0, 1, 0)),
        in_and_out_of_trash,
    )

    held = [set(shelf.memberships.values_list("asset", flat=True)) for shelf in shelves]
    assert held == [set(assets[6:]), set(assets[:3]), set(assets[3:6])]
    counted = Collection.objects.counted().in_bulk([shelf.pk for shelf in shelves])
    assert [counted[shelf.pk].size for shelf in shelves] == [3, 3, 3]


def test_a_merge_and_a_move_the_other_way_wait_for_each_other():
    owner = make_user()
    for _ in range(4):
        one, two = (changes.create(owner, name=name) for name in ("one", "two"))
        asset, other = (make_library_asset(owner).pk for _ in range(2))
        membership.add(one, [other])
        membership.add(two, [asset])

        at_once(partial(merging.merge, one, two), partial(membership.transfer, two, one, [asset]))

        # The asset is in either, and what the merge brought is in its target.
        held = {row.asset_id for row in Membership.objects.filter(collection__in=[one, two])}
        assert held == {asset, other}
        assert two.memberships.filter(asset=other).exists()


def test_moves_at_once_lose_nothing():
    owner = make_user()
    shelf = changes.create(owner, name="shelf")
    assets = [make_library_asset(owner).pk for _ in range(6)]
    membership.add(shelf, assets)

    at_once(
        *[
            lambda start=start: [
                membership.move(shelf, assets[start], assets[(start + n) % 6]) for n in range(1, 6)
            ]
            for start in range(3)
        ]
    )

    assert sorted(shelf.memberships.values_list("position", flat=True)) == list(range(6))

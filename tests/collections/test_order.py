"""The order of a collection: an asset takes another's place, the others make room."""

import uuid

import pytest
from django.http import Http404
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ourvidz.collections import membership
from tests.factories import make_library_asset


def order(collection) -> list[uuid.UUID]:
    return list(collection.memberships.order_by("position", "id").values_list("asset", flat=True))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_moves_give_the_order_of_a_list(film, pictures, moves):
    if film.memberships.count() == 3:
        more = [make_library_asset(film.owner).pk for _ in range(2)]
        membership.add(film, more)
    expected = order(film)
    for start, end in moves:
        asset, place_of = expected[start], expected[end]
        membership.move(film, asset, place_of)
        expected.insert(end, expected.pop(start))

        assert order(film) == expected


def test_what_came_back_beside_what_took_its_place_can_be_moved(film, pictures):
    first, second, third = (asset.pk for asset in pictures)
    new = make_library_asset(film.owner).pk
    membership.remove(film, [third])
    membership.add(film, [new])
    membership.put_back(film, third, 2)
    assert order(film) == [first, second, new, third]

    membership.move(film, third, new)
    assert order(film) == [first, second, third, new]
    membership.move(film, first, third)
    assert order(film) == [second, third, first, new]


def test_no_position_is_so_far_behind_that_nothing_can_follow(film, pictures):
    first, second, third = (asset.pk for asset in pictures)
    membership.remove(film, [first])
    membership.put_back(film, first, 2**31 - 1)
    membership.add(film, [make_library_asset(film.owner).pk])

    assert order(film)[:3] == [second, third, first]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_left_and_came_back_moves_are_exact(film, pictures, steps):
    """Each step takes an asset out, moves another, and puts it back where it stood."""
    if film.memberships.count() == 3:
        membership.add(film, [make_library_asset(film.owner).pk for _ in range(3)])
    for out, other in steps:
        place = film.memberships.get(asset=order(film)[out])
        membership.remove(film, [place.asset_id])
        membership.move(film, order(film)[other % 5], order(film)[0])
        membership.put_back(film, place.asset_id, place.position)

        expected = order(film)
        membership.move(film, expected[other], expected[out])
        expected.insert(out, expected.pop(other))
        assert order(film) == expected


def test_positions_stay_apart_after_removals_and_returns(film, pictures):
    first, second, third = (asset.pk for asset in pictures)
    membership.remove(film, [second])
    membership.add(film, [second])
    assert order(film) == [first, third, second]
    membership.move(film, second, first)
    membership.add(film, [second, third])

    assert order(film) == [second, first, third]
    assert len(set(film.memberships.values_list("position", flat=True))) == 3


def test_the_page_moves_by_post(client, film, pictures):
    first, second, third = (asset.pk for asset in pictures)
    path = reverse("collections:order", args=[film.pk])

    assert client.post(path, {"asset": third, "place_of": first}).status_code == 204
    assert order(film) == [third, first, second]


def test_several_moves_of_one_request_follow_each_other(client, film, pictures):
    first, second, third = (asset.pk for asset in pictures)
    path = reverse("collections:order", args=[film.pk])

    moves = {"asset": [first, first], "place_of": [second, third]}
    assert client.post(path, moves).status_code == 204
    assert order(film) == [second, third, first]
    for wrong in (
        {"asset": [second, uuid.uuid4()], "place_of": [first, first]},
        {"asset": [second, third], "place_of": [first]},
        {},
    ):
        assert client.post(path, wrong).status_code == 404
        assert order(film) == [second, third, first]


def test_what_is_not_in_it_has_no_place(film, pictures):
    outside = make_library_asset(film.owner).pk

    for asset, place_of in ((outside, pictures[0].pk), (pictures[0].pk, outside)):
        with pytest.raises(Http404):
            membership.move(film, asset, place_of)
    assert order(film) == [asset.pk for asset in pictures]


def test_adding_twice_is_once(film, pictures):
    extra = make_library_asset(film.owner).pk

    assert membership.add(film, [pictures[1].pk, extra]) == 1
    assert membership.add(film, [pictures[1].pk, extra]) == 0
    assert membership.remove(film, [extra, uuid.uuid4()]) == 1
    assert membership.remove(film, [extra]) == 0

"""Stretches of the grid: any place in the order is found, and neighbours fit without a seam."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from library import stretches
from library.models import LibraryAsset
from library.shelf import PAGE_SIZE
from tests.factories import make_library_asset
from tests.library.test_page import make_many

STRETCH = "/library/stretch/"
NOON = datetime(2026, 10, 14, 12, tzinfo=UTC)


def ids(client, **query):
    return re.findall(r'data-asset="([^"]+)"', client.get(STRETCH, query).content.decode())


@pytest.fixture
def order(creator) -> list[str]:
    """The ids of 200 assets of which 150 were saved at one moment, in the library's order."""
    many = make_many(creator, 200)
    LibraryAsset.objects.filter(pk__in=[asset.pk for asset in many[20:170]]).update(created_at=NOON)
    return [str(pk) for pk in LibraryAsset.objects.kept().values_list("pk", flat=True)]


def test_walking_down_and_back_up_meets_every_asset_once(client, order):
    down = ids(client)
    while len(found := ids(client, after=down[-1])):
        down += found
    up = ids(client, before=down[-1], newer="")
    while found := ids(client, before=up[0], newer=""):
        up = found + up

    assert down == order
    assert up == order[:-1]


def test_what_left_the_page_comes_back_by_its_ends(client, order):
    assert ids(client, at=order[70], to=order[100]) == order[70:101]


def test_a_gap_is_filled_up_to_its_ends(client, order):
    assert ids(client, after=order[10], before=order[15]) == order[11:15]
    assert ids(client, after=order[10], before=order[15], newer="") == order[11:15]
    assert ids(client, after=order[10], before=order[11]) == []


def test_a_leap_says_how_many_lie_before(client, order):
    reply = client.get(STRETCH, {"skip": 120, "ranked": ""}).content.decode()

    assert re.findall(r'data-asset="([^"]+)"', reply) == order[120:180]
    assert 'data-rank="120"' in reply


def test_a_leap_beyond_the_end_leads_to_the_last(client, order):
    assert ids(client, skip=5000) == order[-1:]
    assert ids(client, **{"from": "1999-01-01"}) == order[-1:]


def test_a_day_that_holds_most_of_the_library_is_entered_anywhere(client, order, creator):
    at_once = [pk for pk in order if LibraryAsset.objects.get(pk=pk).created_at == NOON]

    assert (
        ids(client, **{"from": "2026-10-14", "skip": "90"})
        == order[order.index(at_once[90]) :][:PAGE_SIZE]
    )


def test_a_day_begins_and_ends_where_the_reader_is(client, creator):
    creator.time_zone = "Pacific/Kiritimati"  # 14 hours ahead
    creator.save()
    eve = make_library_asset(creator, created_at=datetime(2026, 10, 13, 11, tzinfo=UTC))
    make_library_asset(creator, created_at=datetime(2026, 10, 14, 11, tzinfo=UTC))

    assert ids(client, **{"from": "2026-10-14"}) == [str(eve.pk)]


def test_a_stretch_knows_whether_its_days_go_on(creator):
    with timezone.override(ZoneInfo("UTC")):
        make_many(creator, 3)
        LibraryAsset.objects.update(created_at=NOON)
        make_library_asset(creator, created_at=NOON - timedelta(days=1))
        kept = LibraryAsset.objects.owned_by(creator).kept()
        first, _second, third, _other = kept

        inner = stretches.load(kept, stretches.Bounds(after=first, before=third))
        outer = stretches.load(kept, stretches.Bounds(at=first, to=third))
        last = stretches.load(kept, stretches.Bounds(after=third))

    assert (inner.follows, inner.goes_on) == (True, True)
    assert (outer.follows, outer.goes_on) == (False, False)
    assert (last.follows, last.goes_on, last.last) == (False, False, None)


def test_a_stretch_honours_the_search(client, creator, order):
    boat = make_library_asset(creator, title="Lighthouse")

    assert ids(client, q="lighthouse") == [str(boat.pk)]


@pytest.mark.parametrize("name", ["after", "before", "at", "to"])
def test_a_place_that_is_not_yours_is_not_there(client, stranger, kept, name):
    foreign = make_library_asset(stranger)

    assert client.get(STRETCH, {name: foreign.pk}).status_code == 404
    assert client.get(STRETCH, {name: "x\0"}).status_code == 404


@pytest.mark.parametrize("day", ["", "yesterday", "2026-13-01", "0001-01-01", "9999-12-31"])
def test_no_such_day(client, kept, day):
    assert client.get(STRETCH, {"from": day}).status_code == 404


@pytest.mark.parametrize("skip", ["-1", "x", "9" * 30, "\u0662"])
def test_a_number_that_is_none_skips_nothing(client, kept, skip):
    assert ids(client, skip=skip) == [str(kept.pk)]


@pytest.mark.parametrize(
    "query", [{"skip": "3", "ranked": ""}, {"from": "2100-01-01", "ranked": ""}]
)
def test_the_number_of_queries_is_the_same_for_few_and_many(client, creator, query):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(STRETCH, query).status_code == 200
        return len(captured)

    make_many(creator, 5)
    few = queries()
    make_many(creator, 300)

    assert queries() == few <= 12

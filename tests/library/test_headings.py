"""What tiles stand under: days, or months where days have few, the same from everywhere."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.headings import AROUND, DAYS, FEW, day_name, headings
from library.models import LibraryAsset
from tests.library.test_page import make_many

TODAY = date(2026, 11, 21)


def names(days: list[date]) -> list[str]:
    return list(dict.fromkeys(heading.name for heading in headings(days, TODAY).values()))


def of_november(**numbers: int) -> list[date]:
    """`_19=3`: three of the 19th; newest first as they are named."""
    return [date(2026, 11, int(day[1:])) for day, number in numbers.items() for _ in range(number)]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (TODAY, "Today"),
        (date(2026, 11, 20), "Yesterday"),
        (date(2026, 11, 19), "Thursday 19 November"),
        (date(2025, 11, 21), "21 November 2025"),
    ],
)
def test_days_read_as_people_say_them(day, name):
    assert day_name(day, TODAY) == name


def test_days_with_few_stand_under_their_month():
    days = of_november(_21=1, _20=2, _18=1, _17=FEW - 1, _9=1)
    days += [date(2026, 10, day) for day in (30, 20, 10)]
    days += [date(2025, 12, day) for day in (30, 20, 10)]

    assert names(days) == ["Today", "Yesterday", "November", "October", "December 2025"]


def test_a_day_with_many_parts_them_and_two_days_are_too_few_to_join():
    assert names(of_november(_18=1, _17=1, _16=FEW, _15=1, _14=1, _13=1)) == [
        "Wednesday 18 November",
        "Tuesday 17 November",
        "Monday 16 November",
        "November",
    ]


@given(
    st.lists(st.integers(1, 2 * FEW), min_size=1, max_size=60),
    st.lists(st.integers(1, 9), min_size=60, max_size=60),
    st.integers(0, 100),
    st.integers(1, 60),
)
def test_a_stretch_knows_from_the_few_around_it(numbers, steps, start, length):
    days, day = [], TODAY
    for number, step in zip(numbers, steps, strict=False):
        days += [day] * number
        day -= timedelta(days=step)
    shown = slice(start, start + length)
    around = slice(max(0, start - AROUND), start + length + AROUND)

    whole, part = headings(days, TODAY), headings(days[around], TODAY)
    assert [part[day] for day in days[shown]] == [whole[day] for day in days[shown]]


def test_stretches_from_both_ends_agree(client, creator):
    """One on most days, many on some, for half a year: more than two stretches."""
    many = make_many(creator, 150)
    noon = datetime(2026, 3, 31, 12, tzinfo=UTC)
    for number, asset in enumerate(many):
        days = number - min(number % 40, 2 * FEW)  # every 40th day has nine
        asset.created_at = noon - timedelta(days=days, minutes=number)
    LibraryAsset.objects.bulk_update(many, ["created_at"])

    def headed(**query) -> list[tuple[str, str]]:
        """Each asset with the heading that it stands under."""
        page = client.get("/library/stretch/", query).text
        found, heading = [], ""
        for about, asset in re.findall(r'data-day="([^"]+)"|data-asset="([^"]+)"', page):
            heading = about or heading
            if asset:
                found.append((asset, heading))
        return found

    down = headed()
    while more := headed(after=down[-1][0]):
        down += more
    last = down[-1][0]
    up = headed(at=last)
    while more := headed(before=up[0][0], newer=""):
        up = more + up

    assert len(down) == len(many)
    assert up == down
    assert {len(about) for _, about in down} == {len("2026-11"), len("2026-11-21")}
    assert len({about for _, about in down}) < len(many) / (2 * DAYS)


def test_a_months_heading_goes_on_in_the_next_stretch(client, creator):
    many = make_many(creator, 80)
    for number, asset in enumerate(many):
        hours = 8 * number  # three a day
        asset.created_at = datetime(2026, 10, 31, 12, tzinfo=UTC) - timedelta(hours=hours)
    LibraryAsset.objects.bulk_update(many, ["created_at"])

    first = client.get("/library/stretch/").text
    last = re.findall(r'data-asset="([^"]+)"', first)[-1]
    second = client.get("/library/stretch/", {"after": last}).text

    assert "data-goes-on" in first
    assert re.findall(r'shelf__day[^"]*" data-day="([^"]+)"', first + second) == ["2026-10"] * 2
    assert "shelf__day--on" in second

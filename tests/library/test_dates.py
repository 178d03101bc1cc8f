"""Counts by month and day are exact, in the reader's time zone, on both databases."""

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library import dates
from library.counting.tally import Tally
from library.models import LibraryAsset
from tests.factories import make_library_asset
from tests.library.test_page import make_many

# Half an hour off, clocks changed by half an hour, far ahead, a zone that skipped a day, and none.
ZONES = ["Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Apia", "UTC"]
ZONES += ["Europe/Vienna", "America/St_Johns", "Africa/Monrovia", "Asia/Kathmandu"]
MOMENTS = st.lists(
    st.datetimes(datetime(1971, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)), max_size=8
)


@pytest.mark.django_db
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moments=MOMENTS, zone=st.sampled_from(ZONES))
def test_they_agree_with_the_calendar(creator, moments, zone):
    LibraryAsset.objects.all().delete()
    for moment in moments:
        make_library_asset(creator, created_at=moment)
    kept = LibraryAsset.objects.kept()
    local = [moment.astimezone(ZoneInfo(zone)).date() for moment in moments]
    with timezone.override(ZoneInfo(zone)):
        months = {period.start: period.number for period in dates.months(kept)}
        assert months == Counter(day.replace(day=1) for day in local)
        for month in months:
            days = {period.start: period.number for period in dates.days(kept, month)}
            assert days == Counter(day for day in local if day.replace(day=1) == month)
            assert dates.days(kept, month) == Tally(creator).days(month)
        assert dates.months(kept) == Tally(creator).months()


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC), "2026-10-25"),
        (datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC), "2026-03-28"),
        (datetime(2026, 3, 28, 22, 59, 59, 999_999, tzinfo=UTC), "2026-03-28"),
        (datetime(2026, 3, 28, 23, 0, 0, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 3, 29, 22, 0, 0, tzinfo=UTC), "2026-03-30"),
    ],
)
def test_days_on_which_clocks_change(client, creator, moment, day):
    creator.time_zone = "Europe/Vienna"
    creator.save()
    make_library_asset(creator, created_at=moment)

    found = client.get(f"/library/months/{day[:7]}/").json()

    assert found == {"days": [{"day": day, "number": 1}]}


def test_the_scrubber_honours_the_search_and_leads_to_each_month(client, creator, stranger):
    make_library_asset(creator, title="Fox", created_at=datetime(2025, 2, 3, tzinfo=UTC))
    make_library_asset(creator, title="Hen", created_at=datetime(2025, 3, 3, tzinfo=UTC))
    make_library_asset(stranger, title="Fox")

    page = client.get("/library/months/", {"q": "fox"}).content.decode()

    assert 'data-total="1"' in page
    assert 'data-month="2025-02"' in page
    assert "2025-03" not in page
    assert 'href="/library/?q=fox&amp;from=2025-02-28"' in page


@pytest.mark.parametrize("month", ["2026-13", "x", "2026", "2026-1", "0001-01", "9999-12"])
def test_no_such_month(client, month):
    assert client.get(f"/library/months/{month}/").status_code == 404


def test_each_is_one_query(creator):
    make_many(creator, 100)
    with CaptureQueriesContext(connection) as captured:
        dates.months(LibraryAsset.objects.owned_by(creator).kept())
        dates.days(LibraryAsset.objects.owned_by(creator).kept(), date(2026, 11, 1))

    assert len(captured) == 2

"""Sessions by day, in the reader's time zone, on the page and over the socket."""

import json
import re
import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from generation.models import Job
from tests.factories import make_job
from workspace.filters import GroupFilter
from workspace.news import Question, answers

pytestmark = pytest.mark.django_db
HEADING = re.compile(r'data-day-heading="([^"]+)">([^<]+)<')


def headings(page) -> list[tuple[str, str]]:
    return HEADING.findall(page.content.decode())


def make(creator, created_at):
    return make_job(creator, status=Job.Status.COMPLETED, created_at=created_at)


@pytest.fixture
def noon():
    """Midday of today in UTC, which is the same day nearly everywhere."""
    return timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)


def test_each_day_has_one_heading_today_first(client, creator, noon):
    for age in (0, 0, 1, 5, 5):
        make(creator, noon - timedelta(days=age))
    names = [name for _, name in headings(client.get("/workspace/"))]
    assert names[:2] == ["Today", "Yesterday"]
    assert len(names) == 3


def test_days_begin_at_midnight_of_the_reader(client, creator):
    moment = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    make(creator, moment)
    assert headings(client.get("/workspace/"))[0][0] == "2026-03-10"
    creator.time_zone = "Asia/Tokyo"
    creator.save()
    assert headings(client.get("/workspace/"))[0][0] == "2026-03-11"


def test_a_live_message_names_the_readers_day(creator):
    creator.time_zone = "Asia/Tokyo"
    creator.save()
    job = make(creator, datetime(2026, 3, 10, 23, 30, tzinfo=UTC))
    [[message]] = answers([Question(creator, GroupFilter(), {str(job.pk): "changed"})])
    assert 'data-day="2026-03-11"' in json.loads(message)["html"]
    assert timezone.get_current_timezone() == zoneinfo.ZoneInfo("UTC")


def test_there_are_no_days_in_another_order(client, creator, noon):
    make(creator, noon)
    assert headings(client.get("/workspace/?sort=prompt")) == []
    assert len(headings(client.get("/workspace/?sort=oldest"))) == 1

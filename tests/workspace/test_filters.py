"""Search, filter and sort: what matches, in which order, by page and by socket."""

import json
import zoneinfo
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generation.models import Job
from tests.factories import make_job, make_workspace_asset
from tests.workspace.test_page import make_finished
from workspace.catching_up import LONGEST_FILTER, Shown, SyncError, missed
from workspace.filters import GroupFilter
from workspace.groups import PAGE_SIZE
from workspace.news import Question, answers

pytestmark = pytest.mark.django_db
PAGE = "/workspace/"
HTMX = {"HX-Request": "true"}
DONE = Job.Status.COMPLETED


def matching(query: str) -> list[str]:
    """Prompts of the jobs that match, in order."""
    jobs = GroupFilter.of_query(query).of(Job.objects.in_workspace())
    return [job.original_prompt for job in jobs]


@pytest.fixture
def jobs(creator) -> list[Job]:
    """Three jobs unlike each other, the first the newest."""
    now = timezone.now()
    rows = [
        {"prompt": "Zebra on a Red road", "job_type": "sdxl_image_high"},
        {"prompt": "apple on a table", "status": Job.Status.FAILED},
        {"prompt": "Mist over red dunes", "job_type": "video_fast"},
    ]
    return [
        make_job(creator, **{"status": DONE, **row}, created_at=now - timedelta(hours=age))
        for age, row in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Zebra on a Red road", "apple on a table", "Mist over red dunes"]),
        ("q=red", ["Zebra on a Red road", "Mist over red dunes"]),
        ("q=road+RED", ["Zebra on a Red road"]),
        ("q=100%25", []),
        ("mode=video", ["Mist over red dunes"]),
        ("mode=image&q=red", ["Zebra on a Red road"]),
        ("model=wan", ["Mist over red dunes"]),
        ("quality=high", ["Zebra on a Red road"]),
        ("status=failed", ["apple on a table"]),
        (
            "status=nonsense&mode=%00",
            ["Zebra on a Red road", "apple on a table", "Mist over red dunes"],
        ),
        ("sort=oldest", ["Mist over red dunes", "apple on a table", "Zebra on a Red road"]),
        ("sort=prompt", ["apple on a table", "Mist over red dunes", "Zebra on a Red road"]),
        ("sort=quality", ["Zebra on a Red road", "apple on a table", "Mist over red dunes"]),
        ("?sort=model&q=red", ["Zebra on a Red road", "Mist over red dunes"]),
    ],
)
def test_what_matches_in_which_order(jobs, query, expected):
    assert matching(query) == expected


def test_words_are_also_found_in_the_enhanced_prompt(creator):
    make_job(creator, prompt="a cat", enhanced_prompt="a cat on a velvet chair")
    assert matching("q=velvet") == ["a cat"]


def test_days_are_those_of_the_reader(creator):
    """01:30 of the 10th in Vienna is still the 9th in UTC."""
    make_job(creator, created_at=datetime(2026, 3, 10, 0, 30, tzinfo=UTC), prompt="early")
    with timezone.override(zoneinfo.ZoneInfo("America/New_York")):
        assert matching("since=2026-03-09&until=2026-03-09") == ["early"]
        assert matching("since=2026-03-10") == []
    with timezone.override(zoneinfo.ZoneInfo("Europe/Vienna")):
        assert matching("since=2026-03-10&until=2026-03-10") == ["early"]
        assert matching("until=2026-03-09") == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-31", "soon"])
def test_a_day_that_cannot_be_counts_as_not_given(jobs, day):
    assert len(matching(f"since={day}&until={day}")) == 3


@pytest.mark.parametrize("sort", ["", "oldest", "prompt", "quality", "model"])
def test_pages_of_every_order_have_each_job_once(client, creator, sort):
    made = make_finished(creator, number=2 * PAGE_SIZE + 3, assets=0)
    seen, url = [], f"{PAGE}?sort={sort}"
    while url:
        page = client.get(url, headers=HTMX).content.decode()
        seen += [part[:36] for part in page.split('id="job-')[1:]]
        url = f"{PAGE}?sort={sort}&before={seen[-1]}" if "Show older" in page else None
    assert sorted(seen) == sorted(str(job.pk) for job in made)
    assert len(seen) == len(made)


def test_the_next_page_keeps_the_filter(client, creator):
    make_finished(creator, number=PAGE_SIZE + 1, assets=0)
    page = client.get(f"{PAGE}?mode=image").content.decode()
    assert "?mode=image&amp;before=" in page


def test_the_state_is_kept_between_visits_until_it_is_cleared(client, jobs):
    client.get(f"{PAGE}?q=red&mode=video")
    assert client.get(PAGE).headers["Location"] == f"{PAGE}?q=red&mode=video"
    client.get(f"{PAGE}?sort=")
    assert client.get(PAGE).status_code == 200


def test_a_url_that_says_something_else_keeps_the_filter(client, jobs):
    client.get(f"{PAGE}?q=red")
    kept = f"{PAGE}?q=red&view={jobs[0].pk}&recall=1"
    assert client.get(f"{PAGE}?view={jobs[0].pk}&recall=1").headers["Location"] == kept
    assert client.get(kept).status_code == 200
    assert client.get(PAGE).headers["Location"] == f"{PAGE}?q=red"


def test_going_back_to_no_filter_forgets_it(client, jobs):
    client.get(f"{PAGE}?q=red")
    assert "apple" in client.get(PAGE, headers=HTMX).content.decode()
    assert client.get(PAGE).status_code == 200


def test_the_empty_page_names_the_filter(client, jobs):
    page = client.get(f"{PAGE}?q=%3Cb%3Eunicorn&mode=video").content.decode()
    assert (
        "No job matches <strong>“&lt;b&gt;unicorn”</strong>, <strong>Type: Video</strong>." in page
    )
    assert "Clear filters" in page


def test_a_chip_leads_to_the_rest_of_the_filter():
    chips = GroupFilter(QueryDict("q=a b&mode=video&sort=oldest")).chips
    assert [(chip.text, chip.query_without) for chip in chips] == [
        ("“a b”", "mode=video&sort=oldest"),
        ("Type: Video", "q=a+b&sort=oldest"),
    ]


def test_nothing_of_a_stranger_matches(client, stranger):
    make_job(stranger, prompt="a red secret")
    assert "secret" not in client.get(f"{PAGE}?q=red").content.decode().replace('value="red"', "")


def test_the_number_of_queries_is_the_same_with_a_filter(client, creator):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{PAGE}?q=boat&sort=prompt")
        return len(captured)

    make_finished(creator, number=1)
    queries()
    few = queries()
    make_finished(creator, number=40)
    assert queries() == few <= 12


def test_a_reply_leaves_out_what_the_page_filters_out(client, creator):
    page = {"HX-Current-URL": "http://testserver/workspace/?mode=video", **HTMX}
    form = {
        "prompt": "a boat", "mode": "image", "model": "sdxl", "quality": "fast",
        "aspect_ratio": "16:9", "batch_size": "1", "shot_type": "wide",
        "camera_angle": "none", "style": "none",
    }  # fmt: skip
    reply = client.post("/workspace/jobs/", form, headers=page).content.decode()
    job = Job.objects.get(owner=creator)
    assert f'id="job-{job.pk}"' not in reply
    assert "The filter of this page leaves it out." in reply


def test_a_sync_asks_only_for_what_matches(creator, jobs):
    shown = Shown.parse({"shown": {str(jobs[1].pk): 1}, "filter": "?q=red&view=x"})
    found = missed(creator, shown)
    assert [group.job.pk for group in found.groups] == [jobs[0].pk, jobs[2].pk]
    assert found.removed == [jobs[1].pk]


def test_a_sync_of_another_order_reaches_as_far_as_the_page(creator, jobs):
    _zebra, apple, mist = jobs
    shown = Shown.parse({"shown": {}, "oldest": str(mist.pk), "filter": "sort=prompt"})
    assert [group.job.pk for group in missed(creator, shown).groups] == [apple.pk, mist.pk]


@pytest.mark.parametrize("query", ["x" * (LONGEST_FILTER + 1), "&" * 1500, "q=\ud800"])
def test_a_sync_with_a_filter_that_no_page_has_is_refused(query):
    with pytest.raises(SyncError):
        Shown.parse({"shown": {}, "filter": query})


def test_a_hostile_query_is_only_text(client, jobs):
    text = "'\"><script>alert(1)</script>"
    page = client.get(f"{PAGE}?q={quote(text)}").content.decode()
    assert "<script>alert" not in page


def test_a_change_that_does_not_match_the_page_removes(creator, jobs):
    make_workspace_asset(jobs[0])
    pending = {str(job.pk): "changed" for job in jobs}
    [told] = answers([Question(creator, GroupFilter.of_query("mode=video"), pending)])
    messages = [json.loads(message) for message in told]
    by_job = {message["id"]: message["type"] for message in messages}
    assert by_job == {
        str(jobs[0].pk): "removed",
        str(jobs[1].pk): "removed",
        str(jobs[2].pk): "job",
    }

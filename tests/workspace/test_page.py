"""The workspace page: who may see it, what it shows, what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from generation.models import Job
from tests.factories import make_job, make_workspace_asset
from workspace.groups import PAGE_SIZE

pytestmark = pytest.mark.django_db
PAGE = "/workspace/"


def make_finished(owner, number=1, assets=3, **columns):
    """Finished jobs with their assets, the first the newest."""
    now = timezone.now()
    jobs = [
        make_job(
            owner, status=Job.Status.COMPLETED, created_at=now - timedelta(minutes=i), **columns
        )
        for i in range(number)
    ]
    for job in jobs:
        for index in range(assets):
            make_workspace_asset(job, index)
    return jobs


def queries_of(client, url=PAGE):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_a_visitor_is_sent_to_sign_in(client):
    client.logout()
    assert client.get(PAGE).headers["Location"].startswith(reverse("login"))


def test_it_shows_each_job_with_its_tiles(client, creator):
    [job] = make_finished(creator, prompt="a red kite over the dunes")
    page = client.get(PAGE).content.decode()
    assert "a red kite over the dunes" in page
    assert page.count("data-view") >= 3
    assert f'id="rail-{job.pk}"' in page


def test_it_shows_nothing_of_a_stranger(client, stranger):
    make_finished(stranger, prompt="somebody else's secret")
    assert "secret" not in client.get(PAGE).content.decode()


def test_a_prompt_is_text_and_never_markup(client, creator):
    make_finished(creator, prompt="<script>alert(1)</script>\"'><img src=x onerror=alert(2)>")
    page = client.get(PAGE).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_places_to_come_are_shown_while_a_job_is_queued(client, creator):
    make_job(creator, count=3)
    assert client.get(PAGE).content.decode().count("tile--waiting") == 3


def test_a_failed_job_says_why_and_offers_another_try(client, creator):
    make_job(creator, status=Job.Status.FAILED, error="The disk is full.")
    page = client.get(PAGE).content.decode()
    assert "The disk is full." in page
    assert 'data-job-action="retry"' in page


def test_the_number_of_queries_is_the_same_for_5_and_500_assets(client, creator):
    make_finished(creator, number=2, assets=3)
    client.get(PAGE)
    few = queries_of(client)
    make_finished(creator, number=80, assets=6, count=6)
    assert queries_of(client) == few <= 12


def test_older_jobs_come_page_by_page(client, creator):
    jobs = make_finished(creator, number=PAGE_SIZE + 2, assets=1)
    first = client.get(PAGE).content.decode()
    assert str(jobs[PAGE_SIZE - 1].pk) in first
    assert f'id="job-{jobs[PAGE_SIZE].pk}"' not in first
    rest = client.get(f"{PAGE}?before={jobs[PAGE_SIZE - 1].pk}", headers={"HX-Request": "true"})
    assert f'id="job-{jobs[PAGE_SIZE].pk}"' in rest.content.decode()
    assert "Show older" not in rest.content.decode()


def test_a_page_after_a_strangers_job_is_not_found(client, stranger):
    [job] = make_finished(stranger)
    assert client.get(f"{PAGE}?before={job.pk}").status_code == 404
    assert client.get(f"{PAGE}?before=nonsense").status_code == 404


def test_pictures_of_the_preview_backend_are_labelled(client, creator):
    make_finished(creator, backend="preview")
    assert "Preview</span>" in client.get(PAGE).content.decode()


def test_a_saved_tile_says_so(client, creator):
    from workspace.actions import perform

    [job] = make_finished(creator, assets=0)
    asset = make_workspace_asset(job, 0, stored=True)
    perform(creator, "save", asset_ids=[asset.pk], job_ids=[])
    assert "Saved to library" in client.get(PAGE).content.decode()

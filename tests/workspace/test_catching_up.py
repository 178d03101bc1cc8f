"""What a page missed is exactly what differs between it and the database."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from generation.models import Job
from tests.factories import make_job, make_workspace_asset
from workspace.catching_up import MOST_SHOWN, Shown, SyncError, missed

pytestmark = pytest.mark.django_db


@pytest.fixture
def jobs(creator) -> list[Job]:
    """Four finished jobs, the newest first."""
    now = timezone.now()
    done = Job.Status.COMPLETED
    made = [make_job(creator, status=done, created_at=now - timedelta(hours=i)) for i in range(4)]
    for job in made:
        make_workspace_asset(job)
    return made


def ask(creator, shown: dict, oldest=None):
    found = missed(creator, Shown(shown, oldest))
    return [group.job.pk for group in found.groups], found.removed


def test_a_page_that_shows_all_missed_nothing(creator, jobs):
    assert ask(creator, {job.pk: job.version for job in jobs}) == ([], [])


def test_what_changed_and_what_is_new_comes_newest_first(creator, jobs):
    shown = {job.pk: job.version for job in jobs[1:]}
    Job.touch([jobs[2].pk])
    assert ask(creator, shown) == ([jobs[0].pk, jobs[2].pk], [])


def test_what_left_the_workspace_is_removed(creator, jobs):
    shown = {job.pk: job.version for job in jobs}
    Job.objects.filter(pk=jobs[1].pk).update(removed_at=timezone.now())
    assert ask(creator, shown) == ([], [jobs[1].pk])


def test_jobs_of_pages_not_loaded_do_not_come(creator, jobs):
    shown = {job.pk: job.version for job in jobs[:2]}
    assert ask(creator, shown, oldest=jobs[1].pk) == ([], [])


def test_the_oldest_shown_may_have_left_meanwhile(creator, jobs):
    shown = {job.pk: job.version for job in jobs[:2]}
    Job.objects.filter(pk=jobs[1].pk).update(removed_at=timezone.now())
    assert ask(creator, shown, oldest=jobs[1].pk) == ([], [jobs[1].pk])


def test_a_strangers_job_counts_as_gone(creator, stranger):
    theirs = make_job(stranger)
    assert ask(creator, {theirs.pk: theirs.version}) == ([], [theirs.pk])


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"shown": []},
        {"shown": {"nonsense": 1}},
        {"shown": {str(uuid.uuid4()): "x"}},
        {"shown": {}, "oldest": "nonsense"},
        {"shown": {str(uuid.uuid4()): 1 for _ in range(MOST_SHOWN + 1)}},
    ],
)
def test_a_message_of_another_form_is_refused(message):
    with pytest.raises(SyncError):
        Shown.parse(message)

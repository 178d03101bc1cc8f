"""A group whose outputs were all taken out while its job still ran."""

import pytest

from generation import transitions
from generation.models import Job
from tests.factories import make_job, make_workspace_asset
from workspace.actions import perform
from workspace.undo import undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(creator) -> Job:
    return make_job(creator, status=Job.Status.RUNNING, count=2)


def is_shown(job: Job) -> bool:
    return Job.objects.in_workspace().filter(pk=job.pk).exists()


def deleted(job: Job, index: int):
    asset = make_workspace_asset(job, index, stored=True)
    return perform(job.owner, "delete", asset_ids=[asset.pk])


def test_it_leaves_when_the_job_is_done_and_comes_back_with_undo(job, creator):
    outcome = deleted(job, 0)
    deleted(job, 1)
    assert is_shown(job)  # more may come
    version = Job.objects.get(pk=job.pk).version
    assert transitions.complete(job)
    assert not is_shown(job)
    assert Job.objects.get(pk=job.pk).version > version + 1  # open pages are told
    undo(creator, outcome.undo_id)
    assert is_shown(job)


def test_it_stays_where_something_is_left_or_there_is_a_reason_to_read(job, creator):
    deleted(job, 0)
    make_workspace_asset(job, 1)
    assert transitions.complete(job)
    assert is_shown(job)
    failed = make_job(creator, status=Job.Status.RUNNING)
    deleted(failed, 0)
    assert transitions.fail(failed, "The model was out of memory.")
    assert is_shown(failed)

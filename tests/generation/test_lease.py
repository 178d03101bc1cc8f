"""A lease lives as long as its worker, and no longer."""

import time
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from generation import transitions
from generation.lease import Lease
from generation.models import Job
from tests.factories import make_job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job(creator, settings):
    settings.LEASE_SECONDS = 0.3  # a beat every tenth of a second
    make_job(creator)
    return transitions.claim(["sdxl"], "worker-a")


def until(condition, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def lease_end(job: Job):
    return Job.objects.get(pk=job.pk).lease_expires_at


def test_it_is_renewed_while_nothing_is_reported(job):
    first = lease_end(job)
    with Lease(job) as lease:
        assert until(lambda: lease_end(job) > first + timedelta(seconds=0.2))
    assert not lease.lost.is_set()


def test_it_ends_with_the_work(job):
    with Lease(job):
        pass
    time.sleep(0.4)
    assert lease_end(job) < timezone.now()


def test_a_lost_one_is_noticed(job):
    with Lease(job) as lease:
        transitions.request_cancel(job)
        assert until(lease.lost.is_set)


def test_a_database_that_is_away_is_not_a_lost_lease(job, monkeypatch):
    asked = []

    def away(job):
        asked.append(job)
        raise OperationalError("away")

    monkeypatch.setattr(transitions, "renew", away)
    with Lease(job) as lease:
        assert until(lambda: len(asked) >= 2)
    assert not lease.lost.is_set()

"""The command that brings lost jobs back and wakes lanes that have work."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from generation.models import Job
from tests.factories import make_job

pytestmark = pytest.mark.django_db
EARLIER = timezone.now() - timedelta(minutes=5)


def test_a_lost_job_is_queued_again(creator, capsys):
    job = make_job(creator, status="running", lease_expires_at=EARLIER)
    call_command("requeue_lost_jobs")
    assert Job.objects.get(pk=job.pk).status == "queued"
    assert "Recovered 1 lost jobs; lanes woken: sdxl." in capsys.readouterr().out


def test_a_dry_run_only_counts(creator, capsys):
    job = make_job(creator, status="running", lease_expires_at=EARLIER)
    call_command("requeue_lost_jobs", "--dry-run")
    assert Job.objects.get(pk=job.pk).status == "running"
    assert "Would recover 1 lost jobs." in capsys.readouterr().out


def test_lanes_are_woken_where_a_job_may_start(creator, wakes):
    make_job(creator, job_type="video_fast")
    make_job(creator, held=True)
    call_command("requeue_lost_jobs")
    assert wakes == ["wan"]


def test_with_nothing_to_do_it_is_silent(db, capsys):
    call_command("requeue_lost_jobs")
    assert capsys.readouterr().out == ""

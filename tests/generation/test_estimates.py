"""Queue positions follow the order of the lane; estimates follow what really happened."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generation.estimates import NOWHERE, Forecast, forecast, queue_states
from generation.models import Job
from generation.requests import validate
from tests.factories import make_job

NOW = timezone.now()


def completed(owner, seconds, **columns):
    columns = {"count": 1, **columns}
    job = make_job(owner, status=Job.Status.COMPLETED, **columns)
    job.started_at, job.ended_at = NOW - timedelta(seconds=seconds), NOW
    job.save()
    return job


def positions(*jobs):
    states = queue_states(jobs)
    return [states[job.pk].position for job in jobs]


def test_first_in_first_out_for_one_user(creator):
    jobs = [make_job(creator, created_at=NOW + timedelta(seconds=n)) for n in range(3)]

    assert positions(*jobs) == [0, 1, 2]


def test_priority_goes_first_and_held_jobs_stand_nowhere(creator):
    plain = make_job(creator)
    urgent = make_job(creator, priority=5)
    held = make_job(creator, held=True)

    assert positions(plain, urgent) == [1, 0]
    assert queue_states([held])[held.pk] == NOWHERE


def test_users_take_turns(creator, stranger):
    mine = [make_job(creator, created_at=NOW + timedelta(seconds=n)) for n in range(3)]
    theirs = make_job(stranger, created_at=NOW + timedelta(minutes=5))

    assert positions(*mine, theirs) == [0, 2, 3, 1]


def test_who_had_a_turn_lately_waits(creator, stranger):
    completed(creator, 5)
    mine, theirs = make_job(creator), make_job(stranger)

    assert positions(mine, theirs) == [1, 0]


def test_another_lane_does_not_count(creator):
    make_job(creator, job_type="video_fast")
    job = make_job(creator)

    assert positions(job) == [0]


def test_ended_jobs_stand_nowhere(creator):
    job = make_job(creator, status=Job.Status.FAILED)

    assert queue_states([job]) == {job.pk: NOWHERE}


@pytest.mark.parametrize(
    ("job_type", "columns", "seconds"),
    [
        ("sdxl_image_fast", {"count": 3}, 12),
        ("sdxl_image_fast", {"count": 1, "settings": {"steps": 30}}, 8),
        ("video_fast", {"settings": {"length_seconds": 10}}, 270),
        ("enhancement", {}, 6),
    ],
)
def test_expected_seconds_before_anything_was_measured(creator, job_type, columns, seconds):
    job = make_job(creator, job_type=job_type, **columns)

    assert queue_states([job])[job.pk].eta_seconds == pytest.approx(seconds)


def test_measured_durations_scale_with_work(creator):
    for seconds in (2, 3, 100):
        completed(creator, seconds, settings={"steps": 15})
    job = make_job(creator, count=6, width=512, height=288, settings={"steps": 30})

    # The median is 3 s for one picture of 15 steps; this is 6 of twice the steps, a quarter
    # of the pixels.
    assert queue_states([job])[job.pk].eta_seconds == pytest.approx(9)


def test_only_the_last_twenty_count(creator):
    for _ in range(20):
        completed(creator, 2)
    for _ in range(30):
        old = completed(creator, 500)
        Job.objects.filter(pk=old.pk).update(
            started_at=NOW - timedelta(days=2, seconds=500), ended_at=NOW - timedelta(days=2)
        )
    job = make_job(creator, count=1)

    assert queue_states([job])[job.pk].eta_seconds == pytest.approx(2)


def test_waits_for_what_runs_and_what_is_ahead(creator, stranger):
    make_job(stranger, status=Job.Status.RUNNING, count=1, progress={"percent": 50})
    first, second = make_job(creator, count=1), make_job(creator, count=1)

    states = queue_states([first, second])

    assert states[first.pk].eta_seconds == pytest.approx(2 + 4)
    assert states[second.pk].eta_seconds == pytest.approx(2 + 4 + 4)


def test_a_running_job_has_what_remains(creator):
    job = make_job(creator, status=Job.Status.RUNNING, count=1, progress={"percent": 75})

    assert queue_states([job])[job.pk].position is None
    assert queue_states([job])[job.pk].eta_seconds == pytest.approx(1)


@pytest.mark.parametrize("number", [1, 25])
def test_three_queries_for_any_number(creator, number, django_assert_num_queries):
    jobs = [make_job(creator) for _ in range(number)]

    with django_assert_num_queries(3):
        queue_states(jobs)


def test_no_query_when_nothing_waits(creator, django_assert_num_queries):
    jobs = [make_job(creator, status=Job.Status.COMPLETED)]

    with django_assert_num_queries(0):
        queue_states(jobs)


def asked(**data):
    return validate({"prompt": "a boat", "batch_size": 1, **data})


def test_a_forecast_before_anything_was_measured_is_a_guess(creator):
    assert forecast(creator, asked()) == Forecast(0, 4, 4, measured=False)


def test_a_forecast_has_the_median_and_the_ninetieth_percentile(creator):
    for seconds in (2, 2, 2, 4, 10):
        completed(creator, seconds, settings={"steps": 15})

    found = forecast(creator, asked())

    assert (found.ahead, found.measured) == (0, True)
    assert found.likely == pytest.approx(2)
    assert found.late == pytest.approx(7.6)


def test_a_forecast_counts_what_runs_and_what_is_ahead(creator, stranger):
    make_job(stranger, status=Job.Status.RUNNING, count=1, progress={"percent": 50})
    make_job(creator, count=1)

    found = forecast(creator, asked())

    assert (found.ahead, found.likely) == (1, pytest.approx(2 + 4 + 4))


def test_a_forecast_scales_with_the_request(creator):
    assert forecast(creator, asked(batch_size=6, steps=30)).likely == pytest.approx(48)
    assert forecast(creator, asked(enhancement="base")).likely == pytest.approx(6 + 4)


def test_a_forecast_leaves_no_job_behind(creator, django_assert_num_queries):
    request = asked()
    with django_assert_num_queries(3):
        forecast(creator, request)
    assert not Job.objects.exists()

"""A user's queued jobs run in the order that the user gives them."""

import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from generation import claims
from generation.models import Job
from generation.ordering import move, priorities, queued_in_order
from ourvidz.errors import StateError
from tests.factories import make_job

NOW = timezone.now()


@pytest.fixture
def jobs(creator):
    return [make_job(creator, created_at=NOW + timedelta(seconds=n)) for n in range(4)]


def order(jobs):
    """The numbers of `jobs` in the order in which they run."""
    return [jobs.index(job) for job in queued_in_order(jobs[0].owner_id, "sdxl")]


@pytest.mark.parametrize(
    ("moved", "before", "result"),
    [
        (3, 0, [3, 0, 1, 2]),
        (0, 3, [1, 2, 0, 3]),
        (0, None, [1, 2, 3, 0]),
        (2, 1, [0, 2, 1, 3]),
        (1, 2, [0, 1, 2, 3]),
        (3, None, [0, 1, 2, 3]),
    ],
)
def test_a_job_moves_before_another_or_to_the_end(jobs, moved, before, result):
    move(jobs[moved], None if before is None else jobs[before])

    assert order(jobs) == result
    assert claims.next_of(jobs[0].owner_id, "sdxl") == jobs[result[0]]


def test_a_new_job_still_comes_last(creator, jobs):
    move(jobs[3], jobs[0])
    jobs.append(make_job(creator, created_at=NOW + timedelta(minutes=1)))

    assert order(jobs) == [3, 0, 1, 2, 4]


def test_a_job_of_low_priority_can_go_first(creator, jobs):
    Job.objects.filter(pk=jobs[2].pk).update(priority=-50)
    move(jobs[2], jobs[0])

    assert order(jobs) == [2, 0, 1, 3]


def test_only_what_changed_is_told(jobs):
    move(jobs[1], jobs[0])

    versions = [Job.objects.get(pk=job.pk).version for job in jobs]
    assert versions == [1, 2, 1, 1]


def test_what_started_is_not_moved(creator, jobs):
    running = make_job(creator, status=Job.Status.RUNNING)

    with pytest.raises(StateError):
        move(running, jobs[0])
    assert order(jobs) == [0, 1, 2, 3]


def test_before_one_that_just_started_is_next(creator, jobs):
    move(jobs[2], make_job(creator, status=Job.Status.RUNNING))

    assert order(jobs) == [2, 0, 1, 3]


def test_others_keep_their_order(stranger, jobs):
    theirs = make_job(stranger, priority=7)
    move(jobs[3], jobs[0])

    assert Job.objects.get(pk=theirs.pk).priority == 7


@given(st.permutations(range(12)))
def test_any_order_can_be_had(permutation):
    made = [
        SimpleNamespace(pk=uuid.UUID(int=n), created_at=NOW + timedelta(seconds=n // 3))
        for n in permutation
    ]
    numbers = priorities(made)
    keys = [(-number, job.created_at, job.pk) for number, job in zip(numbers, made, strict=True)]
    assert keys == sorted(keys)
    assert numbers[-1] == 0

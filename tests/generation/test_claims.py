"""Whose job is next: fair between users, first in first out within one."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.utils import timezone

from generation import claims, transitions
from generation.models import Job
from tests.factories import make_job, make_user

EARLIER = timezone.now() - timedelta(hours=1)


def take(lanes=("sdxl",)) -> Job | None:
    return transitions.claim(lanes, "worker-a")


def take_and_finish() -> Job:
    job = take()
    transitions.complete(job)
    return job


@pytest.mark.django_db
class TestOrder:
    def test_first_in_first_out_within_a_user(self, creator):
        jobs = [make_job(creator, created_at=EARLIER + timedelta(seconds=n)) for n in range(4)]
        assert [take_and_finish() for _ in jobs] == jobs

    def test_the_heads_are_each_users_next_job_in_the_order_of_their_turns(
        self, creator, stranger, django_assert_num_queries
    ):
        make_job(creator, created_at=EARLIER, model="turbo")
        make_job(creator)
        make_job(stranger, created_at=EARLIER)
        make_job(stranger, job_type="enhancement", lane="chat")
        first, second = sorted((creator, stranger), key=lambda user: user.pk)
        with django_assert_num_queries(3):  # one for each lane, one for the chat model
            heads = claims.heads(["sdxl", "chat"])
        assert [(head.owner_id, head.lane) for head in heads] == [
            (first.pk, "sdxl"),
            (second.pk, "sdxl"),
            (stranger.pk, "chat"),
        ]
        models = {head.owner_id: head.model for head in heads[:2]}
        assert (models[creator.pk], models[stranger.pk]) == ("turbo", "sdxl")
        assert heads[2].model == "chat"

    def test_priority_comes_first(self, creator):
        make_job(creator)
        urgent = make_job(creator, priority=5)
        assert take() == urgent

    def test_users_take_turns_however_much_one_has_queued(self, creator, stranger):
        for n in range(3):
            make_job(creator, created_at=EARLIER + timedelta(seconds=n))
        for _ in range(3):
            make_job(stranger)
        owners = [take_and_finish().owner for _ in range(6)]
        assert owners == [creator, stranger] * 3

    def test_a_turn_in_one_lane_costs_none_in_another(self, creator, stranger):
        make_job(creator, job_type="video_fast")
        transitions.complete(take(["wan"]))
        make_job(creator, created_at=EARLIER)
        make_job(stranger)
        assert take().owner == creator


@pytest.mark.django_db
class TestLeftOut:
    def test_held_jobs(self, creator):
        make_job(creator, held=True)
        assert take() is None

    def test_a_user_at_the_limit_of_running_jobs(self, creator, stranger, settings):
        settings.RUNNING_JOBS_PER_USER = 1
        make_job(creator, status="running", job_type="video_fast")
        make_job(creator)
        theirs = make_job(stranger)
        assert take() == theirs
        assert take() is None

    def test_enhancement_does_not_count_against_the_limit(self, creator, settings):
        settings.RUNNING_JOBS_PER_USER = 1
        make_job(creator, status="running")
        text = make_job(creator, job_type="enhancement")
        assert take(["chat"]) == text

    def test_jobs_that_wait_for_their_enhancement(self, creator):
        text = make_job(creator, job_type="enhancement")
        until = timezone.now() + timedelta(minutes=2)
        render = make_job(creator, waits_for=text, waits_until=until)
        assert take() is None
        transitions.complete(take(["chat"]), text="better")
        assert take() == render

    def test_but_not_for_ever(self, creator):
        text = make_job(creator, job_type="enhancement")
        render = make_job(creator, waits_for=text, waits_until=timezone.now())
        assert take() == render


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_each_job_is_taken_once_and_no_user_exceeds_the_limit(self, settings):
        settings.RUNNING_JOBS_PER_USER = 2
        for owner in [make_user(), make_user(), make_user()]:
            for _ in range(4):
                make_job(owner)
        taken = in_threads(8, lambda: [transitions.claim(["sdxl"], "racer") for _ in range(2)])
        jobs = [job for some in taken for job in some if job]
        assert len({job.pk for job in jobs}) == len(jobs) == 6
        assert sorted(job.owner_id for job in jobs) == sorted(
            2 * list({job.owner_id for job in jobs})
        )
        assert Job.objects.filter(status="running", attempts=1, fence=1).count() == 6


def in_threads(number: int, work) -> list:
    """The results of `work()` run by `number` threads that start together."""
    start, results = Barrier(number), []

    def runner() -> None:
        start.wait()
        try:
            results.append(work())
        finally:
            connections.close_all()

    threads = [Thread(target=runner) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results

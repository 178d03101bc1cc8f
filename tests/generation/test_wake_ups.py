"""Waking lanes: harmless without Redis; and which lane a worker serves next."""

import time

import django_rq
import pytest
from django.utils.module_loading import import_string

from generation import lane_worker, queue, worker
from generation.models import Job
from tests.live.processes import free_port


@pytest.fixture
def no_redis(settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    queue._connection.cache_clear()
    yield
    queue._connection.cache_clear()


def test_without_redis_nobody_waits_and_nothing_breaks(no_redis, caplog):
    started = time.monotonic()
    queue._enqueue("sdxl")
    assert time.monotonic() - started < 3
    assert "lane sdxl not woken" in caplog.text


def test_a_wake_up_runs_the_next_job_of_its_lane(monkeypatch):
    served: list[list[str]] = []
    monkeypatch.setattr(worker, "run_next", served.append)
    import_string(queue.TAKE_NEXT)("sdxl")
    assert served == [["sdxl"]]


def test_a_worker_of_several_lanes_serves_them_in_turn(monkeypatch):
    three_lanes = django_rq.get_worker("sdxl", "wan", "default")
    served: list[str] = []

    def first_lane(lanes):
        served.append(lanes[0])
        return Job(lane=lanes[0])

    monkeypatch.setattr(lane_worker, "run_next", first_lane)
    assert all(three_lanes._run_waiting_job() for _ in range(4))
    assert served == ["sdxl", "wan", "sdxl", "wan"]


def test_a_worker_keeps_no_pickles_whatever_it_is_told():
    told = django_rq.get_worker("sdxl", serializer="rq.serializers.PickleSerializer")
    assert told.serializer.__name__ == "JSONSerializer"
    assert told.queues[0].serializer.__name__ == "JSONSerializer"

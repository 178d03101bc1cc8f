"""Real workers, killed; a real Redis, flushed and gone: no job is lost, none made twice."""

import json
import sys
import zlib

import pytest

from generation.backends.base import BROKEN
from generation.queue import TAKE_NEXT
from tests.live.processes import PATIENCE, Studio, until

pytestmark = pytest.mark.live

# A worker of pictures that does nothing but what a wake-up asks.
NEVER_LOOKS = """
import runpy, sys, django
django.setup()
from generation import lane_worker
lane_worker.LOOK_SECONDS = 3600
sys.argv = ["manage.py", "rqworker", "sdxl"]
runpy.run_path("manage.py", run_name="__main__")
"""
ASSETS = 'SELECT job_id, "index", key FROM workspace_workspaceasset'


def submit(studio: Studio, call: str) -> None:
    studio.manage("shell", "-c", f"from tests.live.submitting import *; {call}")


def statuses(studio: Studio) -> list[str]:
    return [status for (status,) in studio.query("SELECT status FROM generation_job")]


def all_completed(studio: Studio) -> bool:
    return set(statuses(studio)) == {"completed"}


def ready_worker(studio: Studio, *lanes: str, **environment: str):
    worker = studio.start_worker(*lanes, **environment)
    studio.wait_for_worker(worker)
    return worker


def test_a_killed_worker_costs_nothing_but_time(studio):
    worker = ready_worker(studio, "sdxl", PACE="0.5")
    submit(studio, "submit_images(1, batch_size=3)")
    until(lambda: studio.query(ASSETS), "the first output has landed")
    studio.kill(worker)
    first = studio.query(ASSETS)
    assert statuses(studio) == ["running"]

    ready_worker(studio, "sdxl")
    studio.start_schedule()
    until(lambda: all_completed(studio), "the job has completed on the new worker")
    assets = studio.query(ASSETS)
    assert sorted(index for _, index, _ in assets) == [0, 1, 2]
    assert set(first) < set(assets)
    assert studio.query("SELECT attempts, fence FROM generation_job") == [(2, 2)]
    for _, _, key in assets:
        assert (studio.folder / "media" / "workspace-temp" / key).is_file()
    assert studio.query("SELECT count(*) FROM generation_usageentry") == [(1,)]


def test_redis_carries_a_few_wake_ups_and_no_word_of_the_user(studio):
    submit(studio, "submit_images(20, prompt='a secret garden')")
    messages = studio.redis.keys("rq:job:*")
    assert 1 <= len(messages) <= 16
    for key in messages:
        payload = zlib.decompress(studio.redis.hget(key, "data"))
        assert json.loads(payload) == [TAKE_NEXT, None, ["sdxl"], {}]
        assert not any(b"secret" in value for value in studio.redis.hgetall(key).values())


def test_a_flushed_redis_loses_no_job(studio):
    submit(studio, "submit_images(6)")
    assert studio.redis.llen("rq:queue:sdxl") > 0
    studio.redis.flushall()
    ready_worker(studio, "sdxl")
    studio.start_schedule()
    until(lambda: all_completed(studio), "all have completed")
    assert len(studio.query(ASSETS)) == 6


def test_a_redis_that_goes_and_comes_back_stops_nobody(studio):
    worker = ready_worker(studio, "sdxl", PACE="0.1")
    schedule = studio.start_schedule()
    submit(studio, "submit_images(2, batch_size=3)")
    until(lambda: "running" in statuses(studio), "one runs")
    studio.kill(studio.processes[0])
    submit(studio, "submit_images(1)")
    until(lambda: all_completed(studio), "all have completed without Redis", 60)
    studio.start_redis()
    studio.wait_for_worker(worker)
    submit(studio, "submit_images(1)")
    until(lambda: all_completed(studio), "and the next with it")
    assert (worker.poll(), schedule.poll()) == (None, None)


def test_a_cancelled_job_frees_its_worker_within_a_step(studio):
    worker = ready_worker(studio, "sdxl", PACE="2")  # 96 seconds for all
    submit(studio, "submit_images(1, batch_size=6)")
    until(lambda: "running" in statuses(studio), "it runs")
    studio.manage(
        "shell",
        "-c",
        "from generation.models import Job; from generation.transitions import request_cancel; "
        "request_cancel(Job.objects.get())",
    )
    assert statuses(studio) == ["cancelled"]
    made = studio.query(ASSETS)
    until(lambda: "cancelled, or no longer ours" in studio.log("worker-sdxl"), "it stops")
    assert worker.poll() is None
    assert studio.query(ASSETS) == made
    assert len(made) < 6


def test_a_worker_that_is_asked_to_stop_hands_its_job_to_the_next(studio):
    worker = ready_worker(studio, "sdxl", PACE="2")
    submit(studio, "submit_images(1)")
    until(lambda: "running" in statuses(studio), "it runs")
    assert studio.end(worker) == 0
    assert studio.query("SELECT status, attempts FROM generation_job") == [("queued", 0)]
    ready_worker(studio, "sdxl")
    until(lambda: all_completed(studio), "the next one completes it")


def test_a_worker_that_can_make_nothing_any_more_hands_its_job_on_and_ends(studio):
    backend = "tests.live.backends.BrokenBackend"
    broken = ready_worker(studio, "sdxl", SDXL_BACKEND=backend)
    submit(studio, "submit_images(1)")
    assert broken.wait(PATIENCE) == BROKEN, studio.log("worker-sdxl")
    columns = "SELECT status, attempts, error FROM generation_job"
    reason = "The worker's graphics card failed while making this."
    assert studio.query(columns) == [("queued", 1, reason)]

    ready_worker(studio, "sdxl")  # as a supervisor starts it
    until(lambda: all_completed(studio), "the job has completed on the new worker")


def test_an_idle_worker_stops_at_once(studio):
    assert studio.end(ready_worker(studio, "sdxl", "wan", "chat")) == 0


def test_a_worker_waits_for_a_redis_that_is_not_there_yet(studio):
    studio.kill(studio.processes[0])
    worker = studio.start_worker("sdxl")
    until(lambda: "no Redis" in studio.log("worker-sdxl"), "it says that Redis is away")
    studio.start_redis()
    studio.wait_for_worker(worker)


def test_a_message_that_names_another_function_is_dropped(studio):
    worker = ready_worker(studio, "sdxl")
    studio.manage(
        "shell",
        "-c",
        "import django_rq; django_rq.get_queue('sdxl').enqueue('os.system', 'touch pwned')",
    )
    until(lambda: "is not allowed, dropped" in studio.log("worker-sdxl"), "it is dropped")
    assert worker.poll() is None


def test_a_wake_up_starts_a_job_in_an_idle_lane(studio):
    worker = studio.start("sleeper", sys.executable, "-c", NEVER_LOOKS)
    studio.wait_for_worker(worker)
    for number in (1, 2, 3):
        submit(studio, "submit_images(1)")
        until(lambda: all_completed(studio), f"job {number} has completed")

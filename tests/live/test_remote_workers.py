"""Workers that have nothing but HTTP, a real server, a real Redis: each job lands once."""

import pytest

from tests.live.processes import PATIENCE, Studio, until

pytestmark = pytest.mark.live

ASSETS = 'SELECT job_id, "index", key FROM workspace_workspaceasset'
JOBS = "SELECT status, attempts, fence FROM generation_job"


def submit(studio: Studio, call: str) -> None:
    """Jobs of thumbnail size: it is not about the pictures."""
    tiny = "from generation.models import Job; Job.objects.update(width=64, height=36)"
    studio.manage("shell", "-c", f"from tests.live.submitting import *; {call}; {tiny}")


def token(studio: Studio, name: str = "box") -> str:
    return studio.manage("create_worker_token", name, "--lanes", "sdxl").strip()


def all_completed(studio: Studio) -> bool:
    return {status for status, *_ in studio.query(JOBS)} == {"completed"}


def seen(studio: Studio) -> int:
    return studio.query("SELECT count(*) FROM generation_worker WHERE kind = 'remote'")[0][0]


def asking_again(studio: Studio) -> int:
    """How many workers have asked for more since their last job ended."""
    ended = "SELECT max(ended_at) FROM generation_job WHERE worker = generation_worker.name"
    return studio.query(f"SELECT count(*) FROM generation_worker WHERE seen_at > ({ended})")[0][0]


def test_two_race_for_two_hundred_jobs_and_none_is_done_twice(studio):
    studio.environment["LEASE_SECONDS"] = "45"  # a busy machine loses none
    key = token(studio)
    submit(studio, "submit_images(200)")
    boxes = [studio.start_remote_worker(name, key, "sdxl", PACE="0") for name in ("box-1", "box-2")]
    studio.start_web()  # which they wait for
    until(lambda: all_completed(studio), "all have completed", 120)
    assert studio.query(JOBS) == [("completed", 1, 1)] * 200
    assets = studio.query(ASSETS)
    assert len(assets) == len({job for job, *_ in assets}) == 200
    assert studio.query("SELECT count(*) FROM generation_usageentry") == [(200,)]
    shares = studio.query("SELECT count(*) FROM generation_job GROUP BY worker")
    assert len(shares) == 2, "both worked"
    until(lambda: asking_again(studio) == 2, "both wait for more")
    assert [studio.end(box) for box in boxes] == [0, 0]
    assert seen(studio) == 0, "and took their leave"


def test_a_server_that_is_killed_and_comes_back_gets_the_job_once(studio):
    web = studio.start_web()
    studio.start_remote_worker("box", token(studio), "sdxl", PACE="0.5")
    until(lambda: seen(studio), "it waits")
    submit(studio, "submit_images(1, batch_size=3)")
    until(lambda: studio.query(ASSETS), "the first output has landed")
    studio.kill(web)
    studio.start_schedule()
    until(lambda: studio.query(JOBS) == [("queued", 1, 1)], "it is taken for lost")
    studio.start_web()
    until(lambda: all_completed(studio), "it has completed")
    assert studio.query(JOBS) == [("completed", 1, 1)], "by the same attempt"
    assert sorted(index for _, index, _ in studio.query(ASSETS)) == [0, 1, 2]
    assert studio.log("box").count("starts") == 1


def test_who_is_asked_to_stop_hands_back_and_who_is_locked_out_ends(studio):
    studio.start_web()
    key = token(studio)
    box = studio.start_remote_worker("box", key, "sdxl", PACE="3")
    until(lambda: seen(studio), "it waits")
    submit(studio, "submit_images(1)")
    until(lambda: studio.query(JOBS) == [("running", 1, 1)], "it is rung for")
    assert studio.end(box) == 0
    assert studio.query(JOBS) == [("queued", 0, 1)]

    other = studio.start_remote_worker("other", key, "sdxl", PACE="10")
    until(lambda: studio.query(JOBS) == [("running", 1, 2)], "another one has it")
    studio.manage(
        "shell",
        "-c",
        "from generation.worker_tokens import revoke; from generation.models import WorkerToken;"
        "revoke(WorkerToken.objects.all())",
    )
    assert other.wait(PATIENCE) == 1
    assert "was revoked" in studio.log("other")
    studio.start_schedule()
    until(lambda: studio.query(JOBS) == [("queued", 1, 2)], "its lease has run out")
    assert studio.query(ASSETS) == []

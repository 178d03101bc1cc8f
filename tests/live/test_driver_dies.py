"""A driver that takes the worker's process along costs the one job that does it, no other."""

import pytest

from tests.live.processes import until
from tests.live.test_queue_survives import ready_worker, submit

pytestmark = pytest.mark.live

DYING = {"SDXL_BACKEND": "tests.live.backends.DyingBackend", "MAX_ATTEMPTS": "1"}
JOBS = "SELECT original_prompt, status, attempts, error FROM generation_job ORDER BY created_at"


def test_the_job_fails_with_a_reason_and_the_next_one_is_made(studio):
    studio.environment |= DYING
    studio.start_schedule()
    submit(studio, "submit_images(1, prompt='poison'); submit_images(1, prompt='a boat')")
    worker = studio.start_worker("sdxl")
    until(lambda: worker.poll() is not None, "the worker has died")
    assert worker.returncode < 0
    ready_worker(studio, "sdxl")
    until(lambda: studio.query(JOBS)[1][1] == "completed", "the next job is made")
    until(lambda: studio.query(JOBS)[0][1] != "running", "the first is given up")
    poison, boat = studio.query(JOBS)
    assert poison[1:3] == ("failed", 1)
    assert "The worker stopped once while making this." in poison[3]
    assert boat[2] == 1

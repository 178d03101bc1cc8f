"""How soon a worker starts what is submitted: `python benchmarks/submit_to_start.py`.

A studio of its own with one worker, idle before each of 30 jobs. Timed from before the request is
sent, through HTTP, validation, the row and the wake-up, until the row says that it has started;
both ends read the same clock.
"""

import json
import statistics
import sys
import tempfile
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.live.processes import Studio, until

JOBS = 30
BODY = {"mode": "image", "model": "sdxl", "quality": "fast", "batch_size": 1}
WARM_UP = 3


def submit(studio: Studio, token: str, number: int) -> UUID:
    body = json.dumps(BODY | {"prompt": f"A boat at sea, number {number}"}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{studio.url}/api/v1/generate-content", body, headers)
    with urllib.request.urlopen(request) as answer:
        return UUID(json.load(answer)["job_id"])


def started_at(studio: Studio, job: UUID) -> datetime | None:
    """Once the job has ended, so that the lane is idle again."""
    columns = "SELECT status, started_at FROM generation_job WHERE id"
    ((status, started),) = studio.query(f"{columns} = '{job.hex}'")
    assert status != "failed", "the job has failed"
    return datetime.fromisoformat(started).replace(tzinfo=UTC) if status == "completed" else None


def wait_of(studio: Studio, token: str, number: int) -> float:
    """Milliseconds from the request to the start."""
    asked = datetime.now(UTC)
    job = submit(studio, token, number)
    started = until(lambda: started_at(studio, job), "the job is done", 60)
    return (started - asked).total_seconds() * 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Path(folder), SDXL_BACKEND="tests.live.backends.PacedBackend")
        try:
            studio.start_redis()
            studio.manage("prepare", "--demo")
            token = studio.manage("create_token", "demo").split()[-1]
            studio.start_web()
            studio.wait_for_worker(studio.start_worker("sdxl"))
            waits = [wait_of(studio, token, number) for number in range(WARM_UP + JOBS)]
        finally:
            studio.stop()
    waits = sorted(waits[WARM_UP:])
    p95 = waits[min(round(0.95 * len(waits)), len(waits) - 1)]

    print(f"p50 {statistics.median(waits):.0f} ms, p95 {p95:.0f} ms, least {waits[0]:.0f} ms")


if __name__ == "__main__":
    main()

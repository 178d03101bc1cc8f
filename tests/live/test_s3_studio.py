"""The same studio with its buckets on a real S3 server."""

import urllib.request
from collections.abc import Iterator

import pytest

from tests.live.processes import Studio, until
from tests.live.program import Program
from tests.media.conftest import s3_server  # noqa: F401 - a fixture

pytestmark = pytest.mark.live


@pytest.fixture
def s3_studio(tmp_path, s3_server) -> Iterator[Studio]:  # noqa: F811
    studio = Studio(
        tmp_path / "var",
        STORAGE="s3",
        S3_ENDPOINT_URL=s3_server.endpoint,
        S3_ACCESS_KEY=s3_server.access_key,
        S3_SECRET_KEY=s3_server.secret_key,
        S3_BUCKET_PREFIX="studio-",
        SDXL_BACKEND="tests.live.backends.PacedBackend",
        OURVIDZ_DEMO_PASSWORD="a password for the S3 test",
    )
    try:
        studio.start_redis()
        studio.manage("prepare", "--demo")
        studio.start_web()
        studio.start_worker("sdxl")
        yield studio
    finally:
        studio.stop()


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.read()


def test_a_picture_is_made_saved_and_fetched_from_s3(s3_studio, s3_server):  # noqa: F811
    program = Program(s3_studio.url, s3_studio.manage("create_token", "demo").strip())
    wanted = {"prompt": "a boat at dawn", "model": "sdxl", "batch_size": 1}
    job_id = program.call("POST", "generate-content", wanted)["job_id"]
    job = until(
        lambda: (job := program.call("GET", f"jobs/{job_id}"))["status"] == "completed" and job,
        "the job completes",
        60,
    )
    [asset] = job["assets"]
    assert asset["urls"]["original"].startswith(s3_server.endpoint)
    assert fetch(asset["urls"]["original"]).startswith(b"\x89PNG")

    action = {"action": "save", "asset_ids": [asset["id"]]}
    [result] = program.call("POST", "workspace-actions", action)["results"]
    kept = program.call("GET", f"library/assets/{result['library_asset_id']}")
    assert fetch(kept["urls"]["original"]) == fetch(asset["urls"]["original"])
    assert "studio-user-library" in kept["urls"]["original"]

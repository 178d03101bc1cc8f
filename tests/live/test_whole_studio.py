"""The embedded backends in real processes: words in, files with rows out."""

import pytest

from ourvidz.media.probe import probe
from tests.live.processes import Studio, until

pytestmark = pytest.mark.live

JOBS = "SELECT job_type, status, backend, note, error FROM generation_job ORDER BY job_type"


@pytest.fixture
def whole(folder):
    """Redis and one worker for all lanes, with the backends that settings name by default."""
    studio = Studio(folder)
    studio.start_redis()
    studio.wait_for_worker(studio.start_worker("chat", "sdxl", "wan"))
    yield studio
    studio.stop()


def submit(studio: Studio, call: str) -> None:
    studio.manage("shell", "-c", f"from tests.live.submitting import *; {call}")


def finished(studio: Studio) -> list[tuple]:
    jobs = studio.query(JOBS)
    return jobs if jobs and all(job[1] not in {"queued", "running"} for job in jobs) else []


def files(studio: Studio) -> list:
    keys = studio.query('SELECT key FROM workspace_workspaceasset ORDER BY "index"')
    return [probe(studio.folder / "media" / "workspace-temp" / key) for (key,) in keys]


def test_images_from_an_enhanced_prompt(whole):
    submit(whole, "submit_images(1, batch_size=3, enhancement='instruct', aspect_ratio='1:1')")
    jobs = until(lambda: finished(whole), "both jobs have ended", 60)
    assert [job[:2] for job in jobs] == [
        ("enhancement", "completed"),
        ("sdxl_image_fast", "completed"),
    ]
    ((enhanced, composed),) = whole.query(
        "SELECT enhanced_prompt, composed_prompt FROM generation_job WHERE lane = 'sdxl'"
    )
    assert enhanced not in {"", "a boat at dawn"}
    assert composed.startswith(enhanced[:20])
    assert [(file.mime_type, file.width, file.height) for file in files(whole)] == [
        ("image/png", 1024, 1024)
    ] * 3


def test_a_clip_of_five_seconds(whole):
    submit(whole, "submit_images(1, mode='video', model='wan')")
    jobs = until(lambda: finished(whole), "the job has ended", 90)
    assert jobs == [("video_fast", "completed", "preview", "", "")]
    (clip,) = files(whole)
    assert (clip.mime_type, clip.width, clip.height) == ("video/mp4", 832, 480)
    assert clip.duration_seconds == pytest.approx(83 / (50 / 3), abs=0.05)

"""A job through the real worker, made by SDXL: what is stored is what was made."""

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed (requirements-gpu.txt)")
pytest.importorskip("diffusers", reason="diffusers is not installed (requirements-gpu.txt)")

from generation import transitions, worker
from generation.backends.diffusers_sdxl import SdxlBackend
from ourvidz.media import buckets, tell
from tests.factories import make_job


@pytest.mark.django_db
def test_a_job_is_made_stored_and_says_how(creator, serve, sdxl_folder):
    serve(SdxlBackend(model=str(sdxl_folder)))
    job = make_job(creator, count=2, width=64, height=48)
    worker.run(transitions.claim(["sdxl"], "test"))
    job.refresh_from_db()
    assert (job.status, job.error, job.backend) == ("completed", "", "diffusers-sdxl")
    assets = list(job.assets.order_by("index"))
    assert [(asset.width, asset.height, asset.seed) for asset in assets] == [
        (64, 48, job.seed),
        (64, 48, job.seed + 1),
    ]
    with buckets.local_copy(assets[1].bucket, assets[1].key) as path:
        said = tell.read_parameters(path)
    assert said["seed"] == job.seed + 1
    assert said["checkpoint"] == sdxl_folder.name
    assert not said["preview"]


@pytest.mark.django_db
def test_a_missing_model_fails_the_job_with_a_reason(creator, serve, tmp_path):
    serve(SdxlBackend(model=str(tmp_path / "gone")))
    job = make_job(creator)
    worker.run(transitions.claim(["sdxl"], "test"))
    job.refresh_from_db()
    assert job.status == "failed"
    assert "not installed on this worker" in job.error
    assert str(tmp_path) not in job.error

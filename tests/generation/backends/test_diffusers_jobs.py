"""A job through the real worker, made by SDXL or WAN: what is stored is what was made."""

import shutil
from fractions import Fraction

import av
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed (requirements-gpu.txt)")
pytest.importorskip("diffusers", reason="diffusers is not installed (requirements-gpu.txt)")

import torch

from generation import transitions, worker
from generation.backends.diffusers_common.failures import NO_MEMORY, NO_VALUES
from generation.backends.diffusers_sdxl import SdxlBackend
from generation.backends.diffusers_wan import WanBackend
from generation.models import JobReference
from ourvidz.media import buckets, tell
from tests.factories import make_job, make_reference, picture_bytes
from tests.generation.preview_tasks import Recorder


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


def run_one(creator, **columns):
    job = make_job(creator, count=1, width=64, height=48, **columns)
    worker.run(transitions.claim(["sdxl"], "test"))
    job.refresh_from_db()
    return job


def full(*arguments, **options):
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")


def not_numbers(latents, **options):
    return (latents[:, :3] * float("nan"),)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("part", "method", "fails", "reason"),
    [("unet", "forward", full, NO_MEMORY), ("vae", "decode", not_numbers, NO_VALUES)],
)
def test_what_goes_wrong_is_on_the_job_and_the_worker_lives_on(
    creator, serve, sdxl_folder, monkeypatch, part, method, fails, reason
):
    backend = serve(SdxlBackend(model=str(sdxl_folder)))
    backend.load("sdxl", Recorder())
    with monkeypatch.context() as patch:
        patch.setattr(getattr(backend.loaded.base, part), method, fails)
        job = run_one(creator)
    assert (job.status, job.error) == ("failed", reason)
    assert run_one(creator).status == "completed"


class TestClips:
    """What a model gives is made up here; everything after it is real."""

    def run(self, creator, serve, wan_folders, monkeypatch, value):
        def values(rendering, index, callback):
            return torch.full((3, rendering.frames, 48, 64), value)

        monkeypatch.setattr("generation.backends.diffusers_wan.rendering.Rendering.run", values)
        serve(WanBackend(model=wan_folders["model"]))
        job = make_job(creator, job_type="video_fast", width=64, height=48)
        job.settings |= {"length_seconds": 5, "motion": 0.3}
        job.save()
        worker.run(transitions.claim(["wan"], "test"))
        job.refresh_from_db()
        return job

    @pytest.mark.django_db
    def test_five_seconds_are_83_frames_at_their_true_rate(
        self, creator, serve, wan_folders, monkeypatch
    ):
        job = self.run(creator, serve, wan_folders, monkeypatch, 0.0)
        assert (job.status, job.error) == ("completed", "")
        asset = job.assets.get()
        with buckets.local_copy(asset.bucket, asset.key) as path, av.open(path) as clip:
            stream = clip.streams.video[0]
            assert stream.codec_context.name == "h264"
            assert stream.average_rate == Fraction(50, 3)
            assert stream.duration * stream.time_base == 83 / Fraction(50, 3)
            assert len(list(clip.decode(video=0))) == 83
            said = tell.read_parameters(path)
        assert (said["frames_made"], said["flow_shift"], said["motion"]) == (85, 5.0, 0.3)

    @pytest.mark.django_db
    def test_values_that_are_no_numbers_fail_the_job_and_leave_nothing(
        self, creator, serve, wan_folders, monkeypatch
    ):
        job = self.run(creator, serve, wan_folders, monkeypatch, float("nan"))
        assert (job.status, job.error) == ("failed", NO_VALUES)
        assert not job.assets.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda weights: weights.rename(weights.with_suffix(".bin")), "pickle"),
        (lambda weights: weights.write_bytes(weights.read_bytes()[:999]), "not complete"),
        (lambda weights: weights.unlink(), "not complete"),
    ],
    ids=["pickle", "half downloaded", "missing"],
)
def test_weights_that_cannot_be_used_fail_the_job_until_they_are_mended(
    creator, serve, sdxl_folder, tmp_path, spoil, reason
):
    folder = shutil.copytree(sdxl_folder, tmp_path / "model")
    serve(SdxlBackend(model=str(folder)))
    spoil(folder / "unet/diffusion_pytorch_model.safetensors")
    job = run_one(creator)
    assert job.status == "failed"
    assert reason in job.error
    assert str(tmp_path) not in job.error
    shutil.copytree(sdxl_folder, folder, dirs_exist_ok=True)
    assert run_one(creator).status == "completed"


@pytest.mark.django_db
def test_a_reference_of_another_shape_is_used_all_the_same(creator, serve, sdxl_folder):
    serve(SdxlBackend(model=str(sdxl_folder)))
    led = make_job(creator, count=1, width=64, height=48)
    reference = make_reference(creator, picture_bytes(30, 200), width=30, height=200)
    JobReference.objects.create(
        job=led, reference=reference, role="reference", kind="composition", strength=0.7
    )
    worker.run(transitions.claim(["sdxl"], "test"))
    led.refresh_from_db()
    assert (led.status, led.error) == ("completed", "")
    assert led.assets.get().width == 64

"""What an operator can set for WAN, and what its clips look like at full size."""

import gc
import weakref
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed (requirements-gpu.txt)")
pytest.importorskip("diffusers", reason="diffusers is not installed (requirements-gpu.txt)")
pytest.importorskip("peft", reason="peft is not installed (requirements-gpu.txt)")

import torch

from generation.backends.base import BackendError
from generation.backends.diffusers_wan import WanBackend
from generation.backends.diffusers_wan.frames import as_arrays, rendered_frames
from generation.vocabulary import WAN_FRAMES, WAN_SIZES
from ourvidz.media import encode
from tests.generation.backends import tiny_wan
from tests.generation.backends.contract import collected
from tests.generation.preview_tasks import Recorder, distance, make_task


def clip(**changes):
    fields = {"mode": "video", "frames": 5, "steps": 3, **changes}
    return make_task(model="wan", size=(64, 48), **fields)


def output(backend, task):
    backend.load("wan", Recorder())
    return next(backend.render(task, Recorder()))


def peak_growth(do) -> int:
    """Bytes by which this process's memory is larger at its largest, while `do` is done."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak is what there is now
    before = memory_of("VmRSS")
    do()
    return memory_of("VmHWM") - before


def memory_of(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith(name)))


@pytest.fixture(scope="module")
def plain(wan_folders):
    backend = WanBackend(model=wan_folders["model"])
    backend.load("wan", Recorder())
    return backend


class TestLoras:
    @pytest.fixture
    def with_loras(self, tmp_path, wan_folders):
        tiny_wan.lora(tmp_path / "slow_waves.safetensors", wan_folders["model"])
        (tmp_path / "broken.safetensors").write_bytes(b"half")
        return WanBackend(model=wan_folders["model"], loras=str(tmp_path))

    def test_the_name_in_the_prompt_switches_it_on_and_its_absence_off(self, with_loras, plain):
        sea, waves = clip(prompt="the sea"), clip(prompt="the sea, slow waves")
        led = output(with_loras, waves)
        assert led.parameters["loras"] == {"slow_waves": 0.8}
        assert distance(collected(led), collected(output(plain, waves))) > 0.05
        without = output(with_loras, sea)
        assert "loras" not in without.parameters
        assert distance(collected(without), collected(output(plain, sea))) == 0

    def test_a_broken_one_is_named_when_it_is_wanted(self, with_loras):
        with pytest.raises(BackendError, match="LoRA broken"):
            output(with_loras, clip(prompt="a broken wave"))
        output(with_loras, clip(prompt="a wave"))


class TestFullSize:
    @pytest.mark.parametrize(("ratio", "seconds"), list(product(WAN_SIZES, WAN_FRAMES)))
    def test_the_first_noise_is_as_the_pipeline_draws_it(self, plain, ratio, seconds):
        """Every shape and length that can be asked for, in the sizes that they really have."""
        (width, height), frames = WAN_SIZES[ratio], rendered_frames(WAN_FRAMES[seconds])
        own = plain.loaded.pipeline.prepare_latents(
            1, 16, height, width, frames, torch.float32, torch.device("meta")
        )
        scale = plain.loaded.pipeline.vae_scale_factor_spatial
        assert width % (2 * scale) == height % (2 * scale) == 0
        assert plain.loaded.noise_shape(frames, (width, height)) == tuple(own.shape)


class TestMemory:
    class Video:
        """Values of three frames; notes which are looked at."""

        def __init__(self):
            self.seen = []

        def __getitem__(self, place):
            self.seen.append(place[1])
            return torch.zeros(3, 2, 2)

    def test_frames_are_converted_one_at_a_time_as_they_are_taken(self):
        video = self.Video()
        frames = as_arrays(video, [0, 1, 2])
        assert video.seen == []
        next(frames)
        assert video.seen == [0]

    @pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux alone tells")
    def test_a_clip_is_written_without_a_second_copy_of_it(self, tmp_path):
        video = torch.linspace(-1, 1, 48 * 256 * 256).view(1, 48, 256, 256).repeat(3, 1, 1, 1)
        size = video.numel() * video.element_size()  # 38 MB

        def written():
            frames = as_arrays(video, list(range(48)))
            encode.write_mp4(frames, tmp_path / "clip.mp4", Fraction(50, 3), (256, 256), {})

        written()  # the encoder's own memory is there now
        assert peak_growth(video.clone) > 0.9 * size
        assert peak_growth(written) < 0.5 * size

    def test_a_clip_is_let_go_before_the_next_one_is_made(self, plain, monkeypatch):
        videos, real, alive = [], plain.loaded.decoded, []

        def decoded(latents):
            gc.collect()
            alive.append(sum(video() is not None for video in videos))
            video = real(latents)
            videos.append(weakref.ref(video))
            return video

        monkeypatch.setattr(plain.loaded, "decoded", decoded)
        for made in plain.render(clip(indices=(0, 1, 2)), Recorder()):
            collected(made)
            del made
        assert alive == [0, 0, 0]


class TestSettings:
    def test_half_precision_keeps_the_decoder_whole(self, wan_folders):
        backend = WanBackend(model=wan_folders["model"], dtype="bfloat16")
        assert len(collected(output(backend, clip()))) == 5
        pipeline = backend.loaded.pipeline
        assert pipeline.transformer.dtype == torch.bfloat16
        assert pipeline.vae.dtype == torch.float32

    def test_tiling_is_set(self, wan_folders):
        backend = WanBackend(model=wan_folders["model"], tiling=True)
        backend.load("wan", Recorder())
        assert backend.loaded.pipeline.vae.use_tiling

    def test_it_compiles_and_makes_the_same(self, wan_folders, plain, monkeypatch):
        whole = torch.nn.Module.compile
        monkeypatch.setattr(
            torch.nn.Module, "compile", lambda part, **options: whole(part, backend="eager")
        )
        backend = WanBackend(model=wan_folders["model"], compiled=True)
        compiled, usual = output(backend, clip()), output(plain, clip())
        assert backend.loaded.pipeline.transformer._compiled_call_impl is not None
        assert distance(collected(compiled), collected(usual)) < 0.5

    def test_another_kind_of_model_is_refused_with_the_reason(self, sdxl_folder):
        with pytest.raises(BackendError, match="WAN model cannot be opened"):
            WanBackend(model=str(sdxl_folder)).load("wan", Recorder())

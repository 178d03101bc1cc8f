"""What an operator can set for SDXL reaches torch and diffusers."""

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed (requirements-gpu.txt)")
pytest.importorskip("diffusers", reason="diffusers is not installed (requirements-gpu.txt)")

import numpy as np
import torch
from diffusers import StableDiffusionXLPipeline

from generation.backends.base import BackendError
from generation.backends.diffusers_sdxl import SdxlBackend
from generation.backends.diffusers_sdxl.options import BASE
from tests.generation.preview_tasks import Recorder, distance, make_task


@pytest.fixture
def own(sdxl_folder):
    """A loaded backend with the options it gives."""

    def make(**options):
        backend = SdxlBackend(**{"model": str(sdxl_folder), **options})
        backend.load("sdxl", Recorder())
        return backend

    return make


def small(**changes):
    return make_task(size=(64, 48), **{"steps": 3, **changes})


def pictures(backend, task):
    return [output.image for output in backend.render(task, Recorder())]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_the_numbers_are_of_the_kind_that_was_set(own, dtype):
    backend = own(dtype=dtype)
    (picture,) = pictures(backend, small())
    assert backend.loaded.base.unet.dtype == getattr(torch, dtype)
    assert np.asarray(picture).std() > 0


@pytest.mark.parametrize("on", [True, False])
def test_the_unet_is_laid_out_with_the_channels_last(own, on):
    convolution = own(channels_last=on).loaded.base.unet.conv_in.weight
    assert convolution.is_contiguous(memory_format=torch.channels_last) is on


def test_tiling_is_set(own):
    assert own(tiling=True).loaded.base.vae.use_tiling
    assert not own().loaded.base.vae.use_tiling


def test_it_compiles_in_one_piece_and_makes_the_same(own, monkeypatch):
    asked, whole = [], torch.nn.Module.compile

    def compile_quickly(part, **options):
        asked.append(options)
        whole(part, backend="eager", fullgraph=options["fullgraph"])

    monkeypatch.setattr(torch.nn.Module, "compile", compile_quickly)
    (compiled,), (usual,) = (pictures(own(compiled=on), small()) for on in (True, False))
    assert asked == [{"mode": "reduce-overhead", "fullgraph": True}]
    assert distance(compiled, usual) < 0.5


def test_a_batch_is_one_call(own, monkeypatch):
    backend, rows = own(batch=3), []
    unet = backend.loaded.base.unet
    real = unet.forward

    def forward(sample, *arguments, **named):
        rows.append(len(sample))
        return real(sample, *arguments, **named)

    monkeypatch.setattr(unet, "forward", forward)
    assert len(pictures(backend, small(indices=(0, 1, 2)))) == 3
    assert rows == [6, 6, 6]  # three steps; each of three pictures with and without the prompt


@pytest.mark.parametrize(("config", "asked"), [("", BASE), ("/models/shapes", "/models/shapes")])
def test_a_single_file_takes_its_shapes_from_elsewhere(
    sdxl_folder, monkeypatch, own, config, asked
):
    """Real ones are gigabytes, so that here the tiny pipeline is what is found in the file."""
    file = sdxl_folder / "unet" / "diffusion_pytorch_model.safetensors"
    calls = []

    def opened(path, **options):
        calls.append((path, options["config"]))
        return StableDiffusionXLPipeline.from_pretrained(sdxl_folder)

    monkeypatch.setattr(StableDiffusionXLPipeline, "from_single_file", opened)
    assert len(pictures(own(model=str(file), config=config), small())) == 1
    assert calls == [(file, asked)]


def test_another_kind_of_model_is_refused_with_the_reason(own, wan_folders):
    with pytest.raises(BackendError, match="SDXL model cannot be opened") as refused:
        own(model=wan_folders["model"])
    assert not refused.value.retry

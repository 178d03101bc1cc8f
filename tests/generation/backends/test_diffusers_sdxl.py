"""SDXL by diffusers, on a tiny pipeline of random weights."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed (requirements-gpu.txt)")
pytest.importorskip("diffusers", reason="diffusers is not installed (requirements-gpu.txt)")

import torch

from generation.backends.base import (
    BackendError,
    OutOfMemory,
    ProcessBroken,
    ReferencePicture,
)
from generation.backends.diffusers_common.failures import CARD_FAILED, NO_MEMORY, NO_VALUES
from generation.backends.diffusers_common.steps import steps_to_schedule
from generation.backends.diffusers_sdxl import SdxlBackend
from generation.backends.diffusers_sdxl.references import NO_CHARACTER, NO_STYLE
from generation.backends.diffusers_sdxl.schedulers import SCHEDULERS
from tests.generation.backends.contract import BackendContract, source_picture, tensor_bytes
from tests.generation.preview_tasks import Recorder, distance, make_task

SIZE = (64, 48)


@pytest.fixture(scope="module")
def loaded(sdxl_folder):
    """One backend for the tests that change nothing in it."""
    backend = SdxlBackend(model=str(sdxl_folder))
    backend.load("sdxl", Recorder())
    return backend


@pytest.fixture
def own(sdxl_folder):
    """A backend that a test may break, with the options it gives."""

    def make(**options):
        backend = SdxlBackend(model=str(sdxl_folder), **options)
        backend.load("sdxl", Recorder())
        return backend

    return make


@pytest.fixture
def source(tmp_path):
    return source_picture(tmp_path / "source.png", SIZE)


def small(**changes):
    return make_task(size=SIZE, **{"steps": 4, **changes})


def picture(backend, task, recorder=None):
    return next(backend.render(task, recorder or Recorder())).image


def composition(path, strength):
    return ReferencePicture("reference", "composition", strength, path)


class TestContract(BackendContract):
    tolerance = 0.5  # pictures of a batch and alone differ by rounding

    @pytest.fixture
    def backend(self, loaded):
        return loaded

    @pytest.fixture
    def task(self):
        return small()

    @pytest.fixture
    def reference(self, tmp_path):
        source_picture(path := tmp_path / "reference.png", SIZE)
        return composition(path, 0.6)

    model_bytes = 500_000

    @pytest.fixture
    def held(self):
        return tensor_bytes


class TestVariations:
    """Copy, Modify and Creative do what they are called (FACTS: .95, .75, .40)."""

    @pytest.fixture
    def decoded(self, loaded, source):
        """The source as the VAE itself gives it back, which is the nearest that a copy can be."""
        base = loaded.loaded.base
        pixels = base.image_processor.preprocess(source)
        with torch.inference_mode():
            latents = base.vae.encode(pixels).latent_dist.mode()
            back = base.vae.decode(latents).sample
        return (back / 2 + 0.5).clamp(0, 1)[0].permute(1, 2, 0).numpy() * 255

    def test_the_more_is_to_be_kept_the_nearer_the_picture_is(self, loaded, decoded, tmp_path):
        path = tmp_path / "source.png"
        copy, modify, creative = (
            distance(picture(loaded, small(references=(composition(path, strength),))), decoded)
            for strength in (0.95, 0.75, 0.4)
        )
        assert copy < modify < creative
        assert copy < 0.35 * modify

    def test_every_one_runs_as_many_steps_as_were_asked_for(self, loaded, source, tmp_path):
        for strength, steps in ((0.95, 15), (0.75, 25), (0.4, 25)):
            recorder = Recorder()
            reference = composition(tmp_path / "source.png", strength)
            picture(loaded, small(steps=steps, references=(reference,)), recorder)
            assert recorder.steps_of(0) == list(range(1, steps + 1))

    @pytest.mark.parametrize("steps", [10, 15, 25, 50])
    @pytest.mark.parametrize("denoise", [0.05, 0.1, 0.25, 0.35, 0.6, 0.9])
    def test_steps_are_scheduled_exactly(self, steps, denoise):
        assert int(steps_to_schedule(steps, denoise) * denoise) == steps


class TestWords:
    @pytest.mark.parametrize(
        "change",
        [
            {"prompt": "a boat on a lake"},
            {"negative_prompt": "mountains"},
            {"guidance": 15.0},
            {"term_weights": {"lake": 2.0}},
            {"term_weights": {"lake": 0.5}},
        ],
    )
    def test_what_is_said_shows(self, loaded, change):
        plain = picture(loaded, small())
        assert distance(plain, picture(loaded, replace(small(), **change))) > 0.02

    def test_words_after_the_77th_token_show(self, loaded):
        long = "mountains and a lake at dawn, " * 6  # 24 letters each, a token a letter
        without, with_more = (
            picture(loaded, small(prompt=long + end)) for end in ("", "a red fox")
        )
        assert distance(without, with_more) > 0.01

    def test_a_long_negative_prompt_goes_with_a_short_prompt(self, loaded):
        picture(loaded, small(negative_prompt="blurred, dark, noisy, " * 10))


class TestSchedulers:
    @pytest.mark.parametrize("name", SCHEDULERS)
    def test_each_makes_a_picture(self, own, name):
        backend = own(scheduler=name)
        assert type(backend.loaded.base.scheduler).__name__ == SCHEDULERS[name][0]
        assert np.asarray(picture(backend, small())).std() > 0

    def test_an_unknown_one_is_named(self, own):
        with pytest.raises(BackendError, match="magic"):
            own(scheduler="magic")

    def test_a_distilled_model_takes_its_own_steps_and_no_guidance(self, own):
        backend, recorder = own(distilled_steps=2), Recorder()
        output = next(backend.render(small(steps=15), recorder))
        assert recorder.steps_of(0) == [1, 2]
        assert output.parameters["steps_made"] == 2
        unguided = picture(backend, small(steps=15, guidance=1.0))
        assert distance(output.image, unguided) == 0


class TestReferencesWithoutWeights:
    @pytest.mark.parametrize(
        ("role", "kind", "reason"),
        [
            ("style", "style", NO_STYLE),
            ("reference", "style", NO_STYLE),
            ("reference", "character", NO_CHARACTER),
        ],
    )
    def test_they_are_refused_with_the_reason(self, loaded, source, tmp_path, role, kind, reason):
        reference = ReferencePicture(role, kind, 0.5, tmp_path / "source.png")
        with pytest.raises(BackendError) as refused:
            picture(loaded, small(references=(reference,)))
        assert str(refused.value) == reason

    def test_the_page_can_know_before(self):
        assert SdxlBackend().unavailable() == {"style": NO_STYLE, "character": NO_CHARACTER}


class TestBatches:
    def test_more_than_one_call_makes_is_made_in_several(self, own):
        recorder = Recorder()
        outputs = list(own(batch=2).render(small(indices=(0, 1, 2)), recorder))
        assert [output.index for output in outputs] == [0, 1, 2]
        assert recorder.saved == [0, 1, 2]

    def test_a_batch_is_the_same_as_one_by_one(self, loaded, own):
        task = small(indices=(0, 1))
        together = [output.image for output in loaded.render(task, Recorder())]
        alone = [output.image for output in own(batch=1).render(task, Recorder())]
        for one, other in zip(together, alone, strict=True):
            assert distance(one, other) < 0.5


class Fails:
    """In place of the U-Net: raises `error` for the first calls, then does its work."""

    def __init__(self, backend, monkeypatch, error, times=1):
        unet = backend.loaded.base.unet
        self.real, self.error, self.left = unet.forward, error, times
        monkeypatch.setattr(unet, "forward", self)

    def __call__(self, *arguments, **named):
        if self.left:
            self.left -= 1
            raise self.error
        return self.real(*arguments, **named)


class TestFailures:
    def test_out_of_memory_is_tried_again_with_less(self, own, monkeypatch):
        backend, recorder = own(), Recorder()
        Fails(backend, monkeypatch, torch.OutOfMemoryError("CUDA out of memory"))
        outputs = list(backend.render(small(indices=(0, 1)), recorder))
        assert len(outputs) == 2
        assert backend.loaded.base.vae.use_tiling
        assert recorder.steps_of(0) == sorted(recorder.steps_of(0))

    def test_out_of_memory_again_is_a_clear_failure_and_the_worker_lives_on(self, own, monkeypatch):
        backend = own()
        Fails(backend, monkeypatch, torch.OutOfMemoryError("CUDA out of memory"), times=2)
        with pytest.raises(BackendError) as failed:
            picture(backend, small())
        assert str(failed.value) == NO_MEMORY
        assert isinstance(failed.value, OutOfMemory)
        picture(backend, small())

    def test_values_that_are_no_numbers_are_a_clear_failure(self, own, monkeypatch):
        backend = own()
        vae = backend.loaded.base.vae
        monkeypatch.setattr(vae, "decode", lambda latents, **_: (latents[:, :3] * float("nan"),))
        with pytest.raises(BackendError) as failed:
            picture(backend, small())
        assert str(failed.value) == NO_VALUES

    def test_a_card_that_fails_is_said_so_and_tried_again(self, own, monkeypatch):
        backend = own()
        Fails(backend, monkeypatch, RuntimeError("CUDA error: an illegal memory access"))
        with pytest.raises(BackendError) as failed:
            picture(backend, small())
        assert (str(failed.value), failed.value.retry) == (CARD_FAILED, True)
        assert isinstance(failed.value, ProcessBroken)

    def test_it_can_be_told_to_need_less_before_and_after_loading(self, own, sdxl_folder):
        backend = own()
        backend.relieve()
        assert backend.loaded.base.vae.use_tiling
        fresh = SdxlBackend(model=str(sdxl_folder))
        fresh.relieve()
        fresh.fetch()
        fresh.load("sdxl", Recorder())
        assert fresh.loaded.base.vae.use_tiling

    def test_a_mistake_of_the_program_is_not_dressed_up(self, own, monkeypatch):
        backend = own()
        Fails(backend, monkeypatch, RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
        with pytest.raises(RuntimeError, match="mat1"):
            picture(backend, small())


def test_loading_twice_keeps_what_is_there(loaded):
    model = loaded.loaded
    loaded.load("sdxl", Recorder())
    assert loaded.loaded is model

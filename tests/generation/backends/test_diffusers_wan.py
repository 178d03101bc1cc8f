"""WAN 2.1 by diffusers, on tiny pipelines of random weights."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed (requirements-gpu.txt)")
pytest.importorskip("diffusers", reason="diffusers is not installed (requirements-gpu.txt)")

import torch
from PIL import Image

from generation.backends.base import BackendError, ReferencePicture
from generation.backends.diffusers_common.failures import NO_VALUES
from generation.backends.diffusers_wan import WanBackend
from generation.backends.diffusers_wan.frames import as_arrays, kept_frames, rendered_frames
from generation.backends.diffusers_wan.motion import first_noise
from generation.backends.diffusers_wan.references import NO_BOTH, NO_FRAMES, NO_KIND
from generation.vocabulary import WAN_FRAMES
from tests.generation.backends.contract import (
    BackendContract,
    collected,
    source_picture,
    tensor_bytes,
)
from tests.generation.preview_tasks import Recorder, distance, make_task

SIZE = (64, 48)


@pytest.fixture(scope="module")
def of_words(wan_folders):
    backend = WanBackend(model=wan_folders["model"])
    backend.load("wan", Recorder())
    return backend


@pytest.fixture(scope="module")
def of_frames(wan_folders):
    return WanBackend(**wan_folders)


def still(**changes):
    return make_task(model="wan", size=SIZE, **{"steps": 3, **changes})


def clip(**changes):
    return still(**{"mode": "video", "frames": 7, **changes})


def frames_of(backend, task, recorder=None):
    recorder = recorder or Recorder()
    backend.load("wan", recorder)
    return collected(next(backend.render(task, recorder)))


class TestSingleFrames(BackendContract):
    tolerance = 0.5

    @pytest.fixture
    def backend(self, of_words):
        return of_words

    @pytest.fixture
    def task(self):
        return still()

    @pytest.fixture
    def reference(self, tmp_path):
        source_picture(path := tmp_path / "reference.png", SIZE)
        return ReferencePicture("reference", "composition", 0.9, path)

    model_bytes = 150_000

    @pytest.fixture
    def held(self):
        return tensor_bytes


class TestClips(TestSingleFrames):
    @pytest.fixture
    def backend(self, of_frames):
        return of_frames

    @pytest.fixture
    def task(self):
        return clip()

    @pytest.fixture
    def reference(self, tmp_path):
        source_picture(path := tmp_path / "start.png", SIZE)
        return ReferencePicture("start", "composition", 0.9, path)


class TestFrames:
    @pytest.mark.parametrize(("asked", "made"), [(1, 1), (2, 5), (5, 5), (83, 85), (166, 169)])
    def test_wan_makes_four_times_k_and_one(self, asked, made):
        assert rendered_frames(asked) == made

    @pytest.mark.parametrize("asked", WAN_FRAMES.values())
    def test_the_first_are_kept(self, asked):
        assert kept_frames(rendered_frames(asked), asked, to_the_end=False) == list(range(asked))

    @pytest.mark.parametrize("asked", WAN_FRAMES.values())
    def test_with_an_end_frame_the_last_is_kept_and_none_comes_twice(self, asked):
        made = rendered_frames(asked)
        kept = kept_frames(made, asked, to_the_end=True)
        assert (kept[0], kept[-1], len(set(kept))) == (0, made - 1, asked)
        assert max(np.diff(kept)) == 2

    def test_values_become_colours(self):
        video = torch.tensor([-1.0, 0.0, 1.0, 7.0]).view(1, 4, 1, 1).expand(3, 4, 2, 2)
        assert [frame[0, 0].tolist() for frame in as_arrays(video, [3, 0, 1])] == [
            [255] * 3,
            [0] * 3,
            [128] * 3,
        ]

    def test_values_that_are_no_numbers_are_a_clear_failure(self):
        with pytest.raises(BackendError) as failed:
            list(as_arrays(torch.full((3, 1, 2, 2), float("nan")), [0]))
        assert str(failed.value) == NO_VALUES


class TestMotion:
    SHAPE = (1, 16, 21, 6, 8)

    def alike(self, motion):
        """How much two neighbouring frames' noise has in common, 0 to 1."""
        noise = first_noise(self.SHAPE, 7, motion)
        pairs = zip(noise.unbind(2)[:-1], noise.unbind(2)[1:], strict=True)
        flat = [torch.stack([one.flatten(), other.flatten()]) for one, other in pairs]
        return float(np.mean([torch.corrcoef(pair)[0, 1] for pair in flat]))

    def test_less_motion_holds_the_frames_together(self):
        assert self.alike(0.0) == pytest.approx(0.5, abs=0.05)
        assert self.alike(0.3) == pytest.approx(0.2, abs=0.05)
        assert self.alike(0.5) == pytest.approx(0.0, abs=0.05)

    @pytest.mark.parametrize("motion", [0.0, 0.3, 0.5, 1.0])
    def test_the_noise_has_the_spread_that_the_model_knows(self, motion):
        assert first_noise(self.SHAPE, 7, motion).std().item() == pytest.approx(1, abs=0.02)

    def test_from_a_half_on_the_noise_is_the_models_own(self):
        half, full = (first_noise(self.SHAPE, 7, motion) for motion in (0.5, 1.0))
        assert torch.equal(half, full)

    def test_it_reaches_the_clip(self, of_words):
        calm, lively = (frames_of(of_words, clip(motion=motion)) for motion in (0.0, 1.0))
        assert distance(calm, lively) > 0.5


class TestReferences:
    @pytest.fixture
    def pictures(self, tmp_path):
        source_picture(start := tmp_path / "start.png", SIZE)
        Image.effect_noise(SIZE, 90).convert("RGB").save(end := tmp_path / "end.png")
        return (
            ReferencePicture("start", "composition", 0.9, start),
            ReferencePicture("end", "composition", 0.9, end),
        )

    def test_start_end_both_and_none_make_different_clips(self, of_frames, pictures):
        start, end = pictures
        choices = [(), (start,), (end,), (start, end)]
        made = [frames_of(of_frames, clip(references=chosen)) for chosen in choices]
        assert all(len(frames) == 7 for frames in made)
        pairs = [(a, b) for i, a in enumerate(made) for b in made[:i]]
        assert min(distance(a, b) for a, b in pairs) > 0.5

    def test_a_clip_to_an_end_frame_is_one_from_it_the_other_way_round(self, of_frames, pictures):
        start = replace(pictures[1], role="start")
        forwards = frames_of(of_frames, clip(frames=5, references=(start,)))
        backwards = frames_of(of_frames, clip(frames=5, references=(pictures[1],)))
        assert distance(forwards[::-1], backwards) == 0

    def test_the_right_model_is_loaded_and_the_other_let_go(self, of_frames, pictures):
        frames_of(of_frames, clip())
        words, recorder = weakref.ref(of_frames.loaded), Recorder()
        frames_of(of_frames, clip(references=pictures[:1]), recorder)
        gc.collect()
        assert words() is None
        assert of_frames.loaded.field == "image_model"
        assert recorder.loads == 2

    def test_without_the_model_they_are_refused_with_the_reason(self, of_words, pictures):
        for references, reason in ((pictures, NO_BOTH), (pictures[1:], NO_FRAMES)):
            with pytest.raises(BackendError) as refused:
                frames_of(of_words, clip(references=references))
            assert str(refused.value) == reason

    @pytest.mark.parametrize(("role", "kind"), [("style", "style"), ("reference", "character")])
    def test_what_wan_has_no_means_for_is_refused(self, of_words, pictures, role, kind):
        reference = replace(pictures[0], role=role, kind=kind)
        with pytest.raises(BackendError) as refused:
            frames_of(of_words, still(references=(reference,)))
        assert str(refused.value) == NO_KIND

    def test_the_page_can_know_before(self):
        never = {"style", "character"}
        assert set(WanBackend().unavailable()) == never | {"start", "end", "start+end"}
        assert set(WanBackend(image_model="m").unavailable()) == never | {"start+end"}
        assert set(WanBackend(image_model="m", first_last_model="n").unavailable()) == never


class TestModel:
    def test_the_sampler_is_unipc_with_a_flow_shift_of_five(self, of_words):
        scheduler = of_words.loaded.pipeline.scheduler
        assert type(scheduler).__name__ == "UniPCMultistepScheduler"
        assert scheduler.config.flow_shift == 5.0

    @pytest.mark.parametrize("steps", [10, 25])
    def test_a_composition_runs_as_many_steps_as_were_asked_for(self, of_words, tmp_path, steps):
        source_picture(path := tmp_path / "source.png", SIZE)
        reference, recorder = ReferencePicture("reference", "composition", 0.75, path), Recorder()
        frames_of(of_words, still(steps=steps, references=(reference,)), recorder)
        assert recorder.steps_of(0) == list(range(1, steps + 1))

    def test_out_of_memory_is_tried_again_with_less(self, wan_folders, monkeypatch):
        backend = WanBackend(model=wan_folders["model"])
        backend.load("wan", Recorder())
        transformer, left = backend.loaded.pipeline.transformer, [1]
        real = transformer.forward

        def forward(*arguments, **named):
            if left:
                left.pop()
                raise torch.OutOfMemoryError("CUDA out of memory")
            return real(*arguments, **named)

        monkeypatch.setattr(transformer, "forward", forward)
        assert len(frames_of(backend, clip())) == 7
        assert backend.loaded.pipeline.vae.use_tiling

    def test_out_of_memory_while_loading_is_tried_again_with_less(self, wan_folders, monkeypatch):
        backend = WanBackend(model=wan_folders["model"])
        real, left = WanBackend._opened, [1]

        def opened(self, led):
            if left:
                left.pop()
                raise torch.OutOfMemoryError("CUDA out of memory")
            return real(self, led)

        monkeypatch.setattr(WanBackend, "_opened", opened)
        backend.load("wan", Recorder())
        assert backend.loaded.pipeline.vae.use_tiling

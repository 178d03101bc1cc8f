"""Models on a graphics card, whole or with parts outside it, make what they make without one."""

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed (requirements-gpu.txt)")
pytest.importorskip("diffusers", reason="diffusers is not installed (requirements-gpu.txt)")

import torch

from generation.backends.base import ReferencePicture
from generation.backends.diffusers_sdxl import SdxlBackend
from generation.backends.diffusers_wan import WanBackend
from tests.generation.backends.contract import collected, source_picture
from tests.generation.backends.simulated_card import simulated_card
from tests.generation.preview_tasks import Recorder, distance, make_task

SIZE = (64, 48)


@pytest.fixture
def card():
    with simulated_card() as name:
        yield name


@pytest.fixture
def led(tmp_path):
    source_picture(path := tmp_path / "source.png", SIZE)
    return ReferencePicture("reference", "composition", 0.6, path)


def picture(**changes):
    return make_task(size=SIZE, **{"steps": 2, **changes})


def clip(**changes):
    return make_task(model="wan", mode="video", frames=5, size=SIZE, **{"steps": 2, **changes})


def frames(backend, task):
    backend.load(task.model, Recorder())
    return collected(next(backend.render(task, Recorder())))


def devices(pipeline) -> set[str]:
    """Where the weights of its parts are."""
    parts = pipeline.components.values()
    return {part.device.type for part in parts if isinstance(part, torch.nn.Module)}


def runs_out_once(part, monkeypatch):
    """The first call of `part` finds no memory left."""
    real, left = part.forward, [torch.OutOfMemoryError("CUDA out of memory")]

    def forward(*arguments, **named):
        if left:
            raise left.pop()
        return real(*arguments, **named)

    monkeypatch.setattr(part, "forward", forward)


class TestTheCard:
    def test_it_keeps_its_tensors_apart(self, card):
        there = torch.ones(3, device=card)
        assert (there + 1).device.type == "cuda"
        with pytest.raises(RuntimeError, match="same device"):
            there + torch.ones(3)
        with pytest.raises(TypeError, match="numpy"):
            there.numpy()
        assert (there * 2).cpu().tolist() == [2, 2, 2]


class TestSdxl:
    @pytest.fixture
    def expected(self, sdxl_folder):
        def without_a_card(task, **options):
            return frames(SdxlBackend(model=str(sdxl_folder), device="cpu", **options), task)

        return without_a_card

    @pytest.mark.parametrize(("offload", "between"), [(False, "cuda"), (True, "cpu")])
    def test_it_makes_the_same_there(self, card, sdxl_folder, expected, led, offload, between):
        backend = SdxlBackend(model=str(sdxl_folder), device=card, dtype="float32", offload=offload)
        plain, from_picture = picture(), picture(references=(led,))
        assert distance(frames(backend, plain), expected(plain)) < 0.5
        assert devices(backend.loaded.base) == {between}
        assert distance(frames(backend, from_picture), expected(from_picture)) < 0.5

    def test_without_memory_parts_wait_outside_from_then_on(
        self, card, sdxl_folder, expected, monkeypatch
    ):
        backend = SdxlBackend(model=str(sdxl_folder), device=card, dtype="float32")
        backend.load("sdxl", Recorder())
        assert devices(backend.loaded.base) == {"cuda"}
        runs_out_once(backend.loaded.base.unet, monkeypatch)
        by_tiles = expected(picture(), tiling=True)
        for _ in range(2):
            assert distance(frames(backend, picture()), by_tiles) < 0.5
            assert devices(backend.loaded.base) == {"cpu"}

    def test_halves_are_the_cards_own_choice(self, card, sdxl_folder):
        backend = SdxlBackend(model=str(sdxl_folder), device=card)
        (made,) = frames(backend, picture())
        assert backend.loaded.base.unet.dtype == torch.float16
        assert made.std() > 0


class TestWan:
    @pytest.fixture
    def expected(self, wan_folders):
        backend = WanBackend(**wan_folders, device="cpu")
        return lambda task: frames(backend, task)

    @pytest.mark.parametrize(("offload", "between"), [(False, {"cuda"}), (True, {"cpu", "cuda"})])
    def test_it_makes_the_same_there(self, card, wan_folders, expected, led, offload, between):
        backend = WanBackend(**wan_folders, device=card, dtype="float32", offload=offload)
        led_clip = clip(references=(ReferencePicture("start", "composition", 0.9, led.path),))
        assert distance(frames(backend, clip()), expected(clip())) < 0.5
        # The decoder alone stays where it worked last.
        assert devices(backend.loaded.pipeline) == between
        assert distance(frames(backend, led_clip), expected(led_clip)) < 0.5

    def test_without_memory_parts_wait_outside_from_then_on(
        self, card, wan_folders, expected, monkeypatch
    ):
        backend = WanBackend(model=wan_folders["model"], device=card, dtype="float32")
        backend.load("wan", Recorder())
        runs_out_once(backend.loaded.pipeline.transformer, monkeypatch)
        assert distance(frames(backend, clip()), expected(clip())) < 1.5
        assert backend.loaded.pipeline.transformer.device.type == "cpu"

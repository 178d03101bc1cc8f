"""What an operator can attach to SDXL: adapters, outlines, LoRAs, a refiner."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed (requirements-gpu.txt)")
pytest.importorskip("diffusers", reason="diffusers is not installed (requirements-gpu.txt)")
pytest.importorskip("peft", reason="peft is not installed (requirements-gpu.txt)")

from PIL import Image

from generation.backends.base import BackendError, ReferencePicture
from generation.backends.diffusers_sdxl import SdxlBackend
from generation.backends.diffusers_sdxl.references import outlines
from tests.generation.backends import tiny_extras
from tests.generation.backends.contract import source_picture
from tests.generation.preview_tasks import Recorder, distance, make_task

SIZE = (64, 48)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return tmp_path_factory.mktemp("extras")


@pytest.fixture(scope="module")
def with_adapters(files, sdxl_folder):
    file = tiny_extras.adapter(files / "adapter.safetensors", sdxl_folder)
    encoder = tiny_extras.image_encoder(files / "encoder")
    backend = SdxlBackend(
        model=str(sdxl_folder),
        style_adapter=str(file),
        character_adapter=str(file),
        image_encoder=str(encoder),
    )
    backend.load("sdxl", Recorder())
    return backend


@pytest.fixture(scope="module")
def with_loras(files, sdxl_folder):
    (folder := files / "loras").mkdir()
    tiny_extras.lora(folder / "water_colour.safetensors", sdxl_folder)
    (folder / "broken.safetensors").write_bytes(b"half")
    (folder / "old.ckpt").write_bytes(b"\x80\x04.")
    backend = SdxlBackend(model=str(sdxl_folder), loras=str(folder))
    backend.load("sdxl", Recorder())
    return backend


@pytest.fixture(scope="module")
def refined(sdxl_folder, tmp_path_factory):
    from tests.generation.backends import tiny_models

    folder = tiny_models.sdxl_refiner(tmp_path_factory.mktemp("refiner"), sdxl_folder)
    backend = SdxlBackend(model=str(sdxl_folder), refiner=str(folder))
    backend.load("sdxl", Recorder())
    return backend


def small(**changes):
    return make_task(size=SIZE, **{"steps": 4, **changes})


def picture(backend, task, recorder=None):
    return next(backend.render(task, recorder or Recorder())).image


@pytest.fixture
def reference(tmp_path):
    source_picture(path := tmp_path / "reference.png", SIZE)
    return ReferencePicture("reference", "character", 0.9, path)


class TestAdapters:
    def test_both_kinds_are_offered(self, with_adapters):
        assert with_adapters.unavailable() == {}

    @pytest.mark.parametrize(
        ("role", "kind"), [("reference", "style"), ("style", "style"), ("reference", "character")]
    )
    def test_a_reference_shows_and_the_stronger_the_more(
        self, with_adapters, reference, role, kind
    ):
        plain = picture(with_adapters, small())
        weak, strong = (
            picture(
                with_adapters,
                small(references=(replace(reference, role=role, kind=kind, strength=strength),)),
            )
            for strength in (0.1, 0.9)
        )
        assert 0.01 < distance(plain, weak) < distance(plain, strong)

    def test_one_that_does_not_fit_is_said_so_and_the_next_picture_is_made(
        self, files, sdxl_folder, reference
    ):
        wrong = sdxl_folder / "vae" / "diffusion_pytorch_model.safetensors"
        encoder = tiny_extras.image_encoder(files / "another-encoder")
        backend = SdxlBackend(
            model=str(sdxl_folder), character_adapter=str(wrong), image_encoder=str(encoder)
        )
        backend.load("sdxl", Recorder())
        for _ in range(2):
            with pytest.raises(BackendError, match="character adapter model cannot be opened"):
                picture(backend, small(references=(reference,)))
        picture(backend, small())

    def test_style_and_character_work_together(self, with_adapters, reference):
        style = replace(reference, role="style", kind="style")
        one = picture(with_adapters, small(references=(reference,)))
        both = picture(with_adapters, small(references=(reference, style)))
        assert distance(one, both) > 0.01

    def test_a_style_goes_with_a_composition(self, with_adapters, reference):
        composition = replace(reference, kind="composition", strength=0.4)
        style = replace(reference, role="style", kind="style")
        one = picture(with_adapters, small(references=(composition,)))
        both = picture(with_adapters, small(references=(composition, style)))
        assert distance(one, both) > 0.01

    def test_without_a_reference_it_is_as_if_there_were_no_adapter(
        self, with_adapters, reference, sdxl_folder
    ):
        picture(with_adapters, small(references=(reference,)))
        bare = SdxlBackend(model=str(sdxl_folder))
        bare.load("sdxl", Recorder())
        assert distance(picture(with_adapters, small()), picture(bare, small())) < 0.01


class TestOutlines:
    def test_they_are_where_the_brightness_changes(self, tmp_path):
        disc = np.asarray(outlines(source_picture(tmp_path / "disc.png", SIZE)))
        assert set(np.unique(disc)) == {0, 255}
        assert disc[24, 32].sum() == 0  # the middle of the disc
        assert disc[24].sum() > 0  # its rim, left and right

    def test_a_plain_picture_has_none(self):
        assert not np.asarray(outlines(Image.new("RGB", SIZE, (90, 90, 90)))).any()

    def test_a_controlnet_holds_a_composition_to_them(self, files, sdxl_folder, reference):
        folder = tiny_extras.controlnet(files / "controlnet", sdxl_folder)
        held = SdxlBackend(model=str(sdxl_folder), outlines=str(folder))
        free = SdxlBackend(model=str(sdxl_folder))
        task = small(references=(replace(reference, kind="composition", strength=0.4),))
        pictures = []
        for backend in (held, free):
            recorder = Recorder()
            backend.load("sdxl", recorder)
            pictures.append(picture(backend, task, recorder))
            assert recorder.steps_of(0) == [1, 2, 3, 4]
        assert distance(*pictures) > 0.01


class TestLoras:
    def test_the_name_in_the_prompt_switches_it_on_and_its_absence_off(self, with_loras):
        before = picture(with_loras, small(prompt="a lake"))
        output = next(with_loras.render(small(prompt="a lake, water colour"), Recorder()))
        assert output.parameters["loras"] == {"water_colour": 0.8}
        after = picture(with_loras, small(prompt="a lake"))
        assert distance(before, after) == 0

    def test_its_words_are_told(self, with_loras):
        assert with_loras.words() == ("broken", "water colour")

    def test_it_shows_and_its_weight_too(self, with_loras, sdxl_folder):
        task = small(prompt="a lake, water colour")
        bare = SdxlBackend(model=str(sdxl_folder))
        bare.load("sdxl", Recorder())
        usual = picture(with_loras, task)
        assert distance(usual, picture(bare, task)) > 0.01
        weights = {"water colour": 2.0}
        output = next(with_loras.render(replace(task, term_weights=weights), Recorder()))
        assert output.parameters["loras"] == {"water_colour": 1.6}

    def test_a_broken_one_is_named_when_it_is_wanted(self, with_loras):
        with pytest.raises(BackendError, match="LoRA broken"):
            picture(with_loras, small(prompt="a broken window"))
        picture(with_loras, small(prompt="a window"))

    def test_a_pickle_is_not_among_them(self, with_loras):
        assert set(with_loras.loaded.loras.files) == {"water_colour", "broken"}


class TestRefiner:
    def test_high_quality_is_refined_with_every_step_counted_once(self, refined):
        recorder = Recorder()
        fast, high = (
            picture(refined, small(steps=10, quality=quality), recorder)
            for quality in ("fast", "high")
        )
        assert distance(fast, high) > 0.01
        assert recorder.steps_of(0) == [*range(1, 11), *range(1, 11)]

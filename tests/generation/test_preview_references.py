"""References lead the preview's pictures by kind and strength."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageOps

from generation.backends.base import BackendError, ReferencePicture
from generation.backends.preview import PreviewBackend
from tests.generation.preview_tasks import Recorder, distance, make_task, picture, reference

STRENGTHS = (0.1, 0.4, 0.75, 0.95)


def covering(path, size) -> Image.Image:
    return ImageOps.fit(Image.open(path).convert("RGB"), size)


def led_by(task, path, **options):
    return picture(replace(task, references=(reference(path, **options),)))


def colours(image) -> np.ndarray:
    return np.asarray(image, np.float32).reshape(-1, 3).mean(axis=0)


@pytest.mark.parametrize("kind", ["composition", "character"])
def test_the_stronger_the_reference_the_nearer_the_picture(kind, tmp_path):
    task, path = make_task(), tmp_path / "reference.png"
    images = [led_by(task, path, kind=kind, strength=strength) for strength in STRENGTHS]
    far = [distance(image, covering(path, image.size)) for image in images]
    assert far == sorted(far, reverse=True)
    assert far[0] > far[-1] * 1.3


def test_a_copy_strongly_resembles_and_a_hint_hardly_does(tmp_path):
    task, path = make_task(), tmp_path / "reference.png"
    plain = picture(task)
    copy, hint = (led_by(task, path, strength=strength) for strength in (0.95, 0.1))
    assert distance(copy, covering(path, copy.size)) < 10
    assert distance(hint, plain) < distance(hint, covering(path, hint.size)) / 4


def test_a_style_reference_brings_its_colours_and_not_its_layout(tmp_path):
    task, path = make_task(), tmp_path / "reference.png"
    images = [led_by(task, path, kind="style", strength=strength) for strength in STRENGTHS]
    aim = colours(reference_image := covering(path, images[0].size))
    far = [float(np.linalg.norm(colours(image) - aim)) for image in images]
    assert far == sorted(far, reverse=True)
    assert distance(images[-1], reference_image) > 15


def test_the_style_box_brings_its_colours_too(tmp_path):
    task, path = make_task(), tmp_path / "style.png"
    styled = led_by(task, path, role="style", kind="style", strength=0.9)
    aim = colours(covering(path, styled.size))
    assert np.linalg.norm(colours(styled) - aim) < np.linalg.norm(colours(picture(task)) - aim)


def test_a_character_is_kept_in_the_middle_and_the_scene_around_it(tmp_path):
    task, path = make_task(), tmp_path / "reference.png"
    plain = np.asarray(picture(task), np.float32)
    kept = np.asarray(led_by(task, path, kind="character", strength=0.9), np.float32)
    own = np.asarray(covering(path, (192, 128)), np.float32)
    middle = np.s_[50:78, 80:112]
    assert np.abs(kept[middle] - own[middle]).mean() < 30
    assert np.abs(kept[:10, :10] - plain[:10, :10]).mean() < 12


@pytest.mark.parametrize("role", ["reference", "style", "start", "end"])
@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n cut"])
def test_an_unreadable_reference_fails_and_is_named(role, content, tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    task = make_task(references=(ReferencePicture(role, "style", 0.5, path),))
    with pytest.raises(BackendError, match=rf"{role} .*broken\.png") as raised:
        list(PreviewBackend().render(task, Recorder()))
    assert not raised.value.retry


def test_a_missing_reference_fails_before_any_step(tmp_path):
    recorder = Recorder()
    gone = ReferencePicture("reference", "composition", 0.5, tmp_path / "gone.png")
    with pytest.raises(BackendError, match="gone"):
        list(PreviewBackend().render(make_task(references=(gone,)), recorder))
    assert recorder.steps == []

"""A perceptual hash stays near through scaling and recompression, and tells pictures apart."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from ourvidz.media.perceptual import PLAIN, perceptual_hash
from tests.factories import picture_bytes

NEAR = 6  # bits


def drawn(seed: int, size: tuple[int, int] = (640, 360)) -> Image.Image:
    """Some twenty ellipses on a slope of grey."""
    chance = np.random.default_rng(seed)
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(20):
        x, y, w, h = (int(v) for v in chance.integers(0, size[0], 4))
        draw.ellipse(
            (x, y // 2, x + w // 3, y // 2 + h // 3), fill=tuple(chance.integers(0, 256, 3))
        )
    return image


def compressed(image: Image.Image, file_format: str, quality: int) -> Image.Image:
    file = io.BytesIO()
    image.save(file, file_format, quality=quality)
    return Image.open(file).convert("RGB")


def apart(one: Image.Image, other: Image.Image) -> int:
    return (perceptual_hash(one) ^ perceptual_hash(other)).bit_count()


@pytest.mark.parametrize("seed", range(8))
def test_copies_are_near(seed):
    image = drawn(seed)

    assert apart(image, image.resize((233, 131))) <= NEAR
    assert apart(image, compressed(image, "JPEG", 40)) <= NEAR
    assert apart(image, compressed(image.resize((512, 288)), "WEBP", 60)) <= NEAR
    assert apart(image, ImageEnhance.Brightness(image).enhance(1.1)) <= NEAR


def test_other_pictures_are_far():
    images = [drawn(seed) for seed in range(8)]
    distances = [apart(a, b) for i, a in enumerate(images) for b in images[:i]]

    assert min(distances) > NEAR


def test_a_plain_picture_has_no_hash_of_its_own():
    for colour in (0, 77, 255):
        plain = Image.open(io.BytesIO(picture_bytes(colour=colour))).convert("RGB")
        assert perceptual_hash(plain) == PLAIN


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (2000, 20)])
def test_any_size_fits_a_signed_column(size):
    assert 0 <= perceptual_hash(drawn(1, size)) < 2**63

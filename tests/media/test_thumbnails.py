"""Small pictures, blurred stand-ins and live previews."""

import base64
import io
from fractions import Fraction

import numpy as np
import pytest
import thumbhash as package
from PIL import Image

from ourvidz.media import encode
from ourvidz.media.probe import MediaError
from ourvidz.media.thumbhash import encode as thumbhash_of
from ourvidz.media.thumbnails import derive, preview_data_url
from tests.media.conftest import clip_frames, gradient


def opened(webp: bytes) -> Image.Image:
    return Image.open(io.BytesIO(webp), formats=("WEBP",))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1024, 1024), (512, 512)),
        ((1024, 576), (512, 288)),
        ((576, 1024), (288, 512)),
        ((200, 100), (200, 100)),
    ],
)
def test_a_thumbnail_has_the_pictures_ratio_and_never_grows(tmp_path, size, expected):
    gradient(*size).save(tmp_path / "a.png")
    derived = derive(tmp_path / "a.png", "image")
    assert opened(derived.thumbnail).size == expected
    assert derived.poster is None


def test_a_thumbnail_looks_like_the_picture(tmp_path):
    picture = gradient(1024, 768)
    picture.save(tmp_path / "a.png")
    small = opened(derive(tmp_path / "a.png", "image").thumbnail).convert("RGB")
    difference = np.asarray(small).astype(int) - np.asarray(picture.resize(small.size)).astype(int)
    assert np.abs(difference).mean() < 4


def test_a_clip_gives_its_first_frame_at_full_size(tmp_path):
    path = tmp_path / "a.mp4"
    encode.write_mp4(clip_frames(5, 832, 480), path, Fraction(50, 3), (832, 480), {})
    derived = derive(path, "video")
    assert opened(derived.poster).size == (832, 480)
    assert opened(derived.thumbnail).size == (512, 295)
    difference = np.asarray(opened(derived.poster).convert("RGB")).astype(int) - np.asarray(
        gradient(832, 480)
    )
    assert np.abs(difference).mean() < 5


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "CMYK"])
def test_every_kind_of_picture_gets_one(tmp_path, mode):
    suffix = "jpg" if mode == "CMYK" else "png"
    gradient().convert(mode).save(tmp_path / f"a.{suffix}")
    assert opened(derive(tmp_path / f"a.{suffix}", "image").thumbnail).size == (96, 64)


def test_sixteen_bits_of_grey_become_eight(tmp_path):
    ramp = np.linspace(0, 65_535, 96)[None].repeat(64, axis=0)
    Image.fromarray(ramp.astype(np.uint16)).save(tmp_path / "a.png")
    small = opened(derive(tmp_path / "a.png", "image").thumbnail).convert("L")
    assert np.abs(np.asarray(small) - ramp / 257).max() < 12


@pytest.mark.parametrize("kind", ["image", "video"])
def test_a_broken_file_is_refused(tmp_path, kind):
    (tmp_path / "a").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    with pytest.raises(MediaError, match="a "):
        derive(tmp_path / "a", kind)


@pytest.mark.parametrize("size", [(100, 100), (100, 56), (56, 100), (1, 40), (40, 1), (33, 17)])
@pytest.mark.parametrize("seed", range(4))
def test_the_thumbhash_equals_the_packages(size, seed):
    width, height = size
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (4, 4, 3), np.uint8)
    pixels = np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC))
    rgba = np.concatenate([pixels, np.full((height, width, 1), 255)], axis=2)
    assert list(thumbhash_of(pixels)) == package.rgba_to_thumb_hash(
        width, height, rgba.flatten().tolist()
    )


def test_one_colour_has_a_thumbhash_of_that_colour():
    digest = list(thumbhash_of(np.full((50, 80, 3), (200, 40, 90), np.uint8)))
    red, green, blue, _ = package.thumb_hash_to_average_rgba(digest)
    assert np.allclose([red, green, blue], np.array([200, 40, 90]) / 255, atol=0.03)


def test_the_derived_hash_fits_its_column(tmp_path):
    gradient(1024, 1024).save(tmp_path / "a.png")
    digest = derive(tmp_path / "a.png", "image").thumbhash
    assert len(digest) <= 48
    assert len(base64.b64decode(digest)) > 10


def test_a_preview_fits_a_message_even_when_it_is_noise():
    noise = np.random.default_rng(0).integers(0, 256, (1024, 1024, 3), np.uint8)
    for image in (Image.fromarray(noise), gradient(1024, 576)):
        url = preview_data_url(image)
        assert len(url) < 4096
        kind, _, data = url.partition(",")
        assert kind == "data:image/webp;base64"
        assert max(opened(base64.b64decode(data)).size) <= 160


def test_a_preview_leaves_the_picture_alone():
    image = gradient(1024, 576)
    preview_data_url(image, long_edge=64)
    assert image.size == (1024, 576)

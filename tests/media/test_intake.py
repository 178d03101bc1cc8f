"""Pictures from outside are judged by their content, opened apart and made anew (X5)."""

import io
import json
import struct
import subprocess
import sys
import time
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from ourvidz.media import intake
from ourvidz.media.intake import IntakeError, safe_picture
from ourvidz.media.limits import MAX_REFERENCE_BYTES
from tests.media.conftest import gradient


def saved(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def pixels(picture: intake.SafePicture) -> np.ndarray:
    image = Image.open(io.BytesIO(picture.png))
    assert (image.format, image.mode, image.info) == ("PNG", "RGB", {})
    assert image.size == (picture.width, picture.height)
    return np.asarray(image).astype(int)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width: int, height: int, data: bytes, *before: bytes) -> bytes:
    """A PNG of one bit per pixel whose packed data is `data`."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    body = b"".join([header, *before, chunk(b"IDAT", data), chunk(b"IEND", b"")])
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("kind", "options", "off"),
    [("PNG", {}, 0), ("JPEG", {"quality": 95}, 4), ("WEBP", {"lossless": True}, 0)],
)
def test_the_three_kinds_come_out_as_png(kind, options, off):
    picture = safe_picture(saved(gradient(), kind, **options))
    assert picture.source_type == f"image/{kind.lower()}"
    assert np.abs(pixels(picture) - np.asarray(gradient()).astype(int)).mean() <= off


def test_a_path_is_as_good_as_bytes_and_its_name_says_nothing(tmp_path):
    path = tmp_path / "really-a-jpeg.png"
    path.write_bytes(saved(gradient(), "JPEG"))
    assert safe_picture(path).source_type == "image/jpeg"


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "LA", "RGBA"])
def test_every_colour_mode_becomes_rgb(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    result = pixels(safe_picture(saved(gradient().convert(mode), kind)))
    expected = np.asarray(gradient().convert(mode).convert("RGB")).astype(int)
    assert np.abs(result - expected).mean() < 6


def test_sixteen_bits_are_scaled_not_clipped():
    ramp = np.linspace(0, 65_535, 96)[None].repeat(64, axis=0)
    result = pixels(safe_picture(saved(Image.fromarray(ramp.astype(np.uint16)), "PNG")))
    assert np.abs(result[..., 0] - ramp / 257).max() <= 1.5


def test_what_is_transparent_becomes_white():
    image = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    assert (pixels(safe_picture(saved(image, "PNG"))) == 255).all()


def test_a_photo_is_turned_upright_and_says_no_place():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    content = saved(gradient(96, 64), "JPEG", exif=exif, quality=95)
    assert b"Exif" in content
    picture = safe_picture(content)
    assert (picture.width, picture.height) == (64, 96)
    turned = np.asarray(gradient(96, 64).rotate(-90, expand=True)).astype(int)
    assert np.abs(pixels(picture) - turned).mean() < 6
    assert b"eXIf" not in picture.png


def test_words_in_the_file_are_dropped():
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "taken at home")
    assert b"home" not in safe_picture(saved(gradient(), "PNG", pnginfo=words)).png


def test_colours_are_those_that_the_profile_means():
    """A profile that calls green what sRGB calls red."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    parked = profile.replace(b"rXYZ", b"~~~~").replace(b"gXYZ", b"rXYZ")
    swapped = parked.replace(b"~~~~", b"gXYZ")
    result = pixels(safe_picture(saved(gradient(), "PNG", icc_profile=swapped)))
    expected = np.asarray(gradient()).astype(int)[..., [1, 0, 2]]
    assert np.abs(result - expected).max() <= 2


def test_a_profile_that_does_not_fit_is_left_out():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    result = pixels(safe_picture(saved(gradient(), "PNG", icc_profile=profile)))
    assert (result == np.asarray(gradient())).all()


def test_a_polyglot_leaves_its_second_half_behind():
    picture = safe_picture(saved(gradient(), "PNG") + b"PK\x03\x04<script>alert(1)</script>")
    assert b"script" not in picture.png
    assert (pixels(picture) == np.asarray(gradient())).all()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (saved(gradient(), "GIF"), "a GIF"),
        (saved(gradient(), "BMP"), "a BMP"),
        (saved(gradient(), "TIFF"), "a TIFF"),
        (saved(gradient(), "AVIF"), "an AVIF"),
        (b"%PDF-1.7", "a PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG"),
        (b"<?xml version='1.0'?>\n<!-- made by hand -->\n<svg/>", "an SVG"),
        (b"<!DOCTYPE html><p>hello", "a web page"),
        (b"\n<HTML>", "a web page"),
        (b"\0\0\0\x20ftypisom", "a video"),
        (b"PK\x03\x04zip", "a zip"),
        (b"just words", "not a picture"),
    ],
)
def test_anything_else_is_named_and_refused(content, words):
    with pytest.raises(IntakeError, match=rf"This is {words}.*Upload a PNG"):
        safe_picture(content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("kept", [0.02, 0.5, 0.9])
def test_a_file_that_is_cut_off_is_refused(kind, kept):
    noise = np.random.default_rng(1).integers(0, 256, (64, 96, 3), np.uint8)
    whole = saved(Image.fromarray(noise), kind)
    with pytest.raises(IntakeError, match="damaged or cut off"):
        safe_picture(whole[: max(20, int(len(whole) * kept))])


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_refused(kind):
    frames = [gradient(32, 32), gradient(32, 32).rotate(90)]
    content = saved(frames[0], kind, save_all=True, append_images=frames[1:])
    with pytest.raises(IntakeError, match="animated"):
        safe_picture(content)


def test_a_phones_photo_with_a_second_picture_is_its_first():
    content = saved(gradient(), "MPO", save_all=True, append_images=[gradient().rotate(180)])
    picture = safe_picture(content)
    assert picture.source_type == "image/jpeg"
    assert np.abs(pixels(picture) - np.asarray(gradient()).astype(int)).mean() < 6


def huge_webp(width: int, height: int) -> bytes:
    """The header of a WebP of that size, with one small frame inside."""
    inner = saved(gradient(16, 16), "WEBP")[12:]
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I4x", 10) + canvas + inner
    return b"RIFF" + struct.pack("<I", len(body)) + body


def huge_jpeg(width: int, height: int) -> bytes:
    content = bytearray(saved(gradient(16, 16), "JPEG"))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        png_of(10_000, 10_000, zlib.compress(bytes(1251 * 10_000))),
        png_of(12_001, 1, zlib.compress(bytes(1502))),
        png_of(2**31 - 1, 2**31 - 1, b""),
        huge_jpeg(10_000, 10_000),
        huge_webp(10_000, 10_000),
        huge_webp(16_383, 16_383),
    ],
)
def test_a_hundred_megapixels_are_refused_at_once(content):
    started = time.monotonic()
    with pytest.raises(IntakeError, match=r"pixels\. Scale it to at most 40 megapixels"):
        safe_picture(content)
    assert time.monotonic() - started < 5


def test_forty_megapixels_are_taken():
    picture = safe_picture(png_of(8_000, 5_000, zlib.compress(bytes(1001 * 5_000))))
    assert (picture.width, picture.height) == (8_000, 5_000)


def test_more_data_than_the_picture_holds_is_never_unpacked():
    started = time.monotonic()
    picture = safe_picture(png_of(8, 8, zlib.compress(bytes(300_000_000), 9)))
    assert (picture.width, picture.height) == (8, 8)
    assert time.monotonic() - started < 5


def test_words_that_unpack_without_end_are_refused():
    words = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8)))
    with pytest.raises(IntakeError, match="damaged"):
        safe_picture(png_of(8, 8, zlib.compress(bytes(16)), words))


def test_a_file_that_is_too_large_is_refused_by_its_size(tmp_path):
    path = tmp_path / "a.png"
    with path.open("wb") as file:
        file.truncate(26 * 1024 * 1024)
    with pytest.raises(IntakeError, match=r"26\.0 MB; at most 25 MB"):
        safe_picture(path)
    with pytest.raises(IntakeError, match="at most 10 MB"):
        safe_picture(bytes(MAX_REFERENCE_BYTES + 1), max_bytes=MAX_REFERENCE_BYTES)


def test_what_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(intake, "DECODE_SECONDS", 0.001)
    with pytest.raises(IntakeError, match="too long"):
        safe_picture(saved(gradient(), "PNG"))


def test_a_decoder_that_crashes_takes_nothing_with_it(monkeypatch):
    ended = subprocess.CompletedProcess([], -11, b"", b"")
    monkeypatch.setattr(intake.subprocess, "run", lambda *_, **__: ended)
    with pytest.raises(IntakeError, match="safely"):
        safe_picture(saved(gradient(), "PNG"))


def test_a_decoder_that_cannot_start_is_our_fault(monkeypatch):
    monkeypatch.setattr(intake.sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="decoder process failed"):
        safe_picture(saved(gradient(), "PNG"))


def test_the_decoder_has_limits_and_no_secrets():
    code = (
        "import json, os, resource, sys; from ourvidz.media import decode; decode._limit();"
        "json.dump([resource.getrlimit(resource.RLIMIT_AS)[0],"
        "resource.getrlimit(resource.RLIMIT_CPU)[0], sorted(sys.modules)], sys.stdout)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    memory, seconds, modules = json.loads(answer.stdout)
    assert (memory, seconds) == (1024**3, 9)
    assert not {"django", "numpy", "av", "ourvidz.settings"} & set(modules)


def test_the_studios_secrets_stay_outside(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x" * 50)
    seen = {}
    real = subprocess.run
    monkeypatch.setattr(
        intake.subprocess, "run", lambda *a, **k: (seen.update(k["env"]), real(*a, **k))[1]
    )
    safe_picture(saved(gradient(), "PNG"))
    assert "SECRET_KEY" not in seen

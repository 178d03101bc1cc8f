"""What a file is comes from the file."""

import hashlib

import av
import numpy as np
import pytest
from PIL import Image

from ourvidz.media.probe import MediaError, probe
from tests.media.conftest import gradient


def test_a_picture(png):
    info = probe(png)
    assert (info.kind, info.mime_type) == ("image", "image/png")
    assert (info.width, info.height) == (96, 64)
    assert (info.duration_seconds, info.frames_per_second) == (None, None)
    assert info.bytes == png.stat().st_size
    assert info.sha256 == hashlib.sha256(png.read_bytes()).hexdigest()


def test_a_clip(mp4):
    info = probe(mp4)
    assert (info.kind, info.mime_type) == ("video", "video/mp4")
    assert (info.width, info.height) == (96, 64)
    assert info.duration_seconds == pytest.approx(20 * 3 / 50)
    assert info.frames_per_second == pytest.approx(50 / 3)


def test_the_columns_are_those_of_the_rows(png):
    from ourvidz.media.models import MediaFile

    assert set(probe(png).columns()) <= set(MediaFile.MEDIA_FIELDS)


def test_the_content_decides_not_the_name(png, tmp_path):
    disguised = png.rename(tmp_path / "clip.mp4")
    assert probe(disguised).mime_type == "image/png"


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "JPEG"), ("a.webp", "WEBP")])
def test_other_pictures(tmp_path, name, kind):
    gradient().save(tmp_path / name, kind)
    assert probe(tmp_path / name).mime_type == f"image/{kind.lower()}"


def test_a_turned_photo_has_the_size_that_is_seen(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    gradient(96, 64).save(tmp_path / "a.jpg", exif=exif)
    info = probe(tmp_path / "a.jpg")
    assert (info.width, info.height) == (64, 96)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("fixture", ["png", "mp4"])
def test_a_file_that_is_cut_off_is_refused(request, tmp_path, fixture, kept):
    whole = request.getfixturevalue(fixture).read_bytes()
    # The box of XMP at an MP4's end is no part of the film; cut into what comes before it.
    end = whole.find(b"uuid") - 4 if fixture == "mp4" else len(whole)
    cut = tmp_path / "cut"
    cut.write_bytes(whole[: int(end * kept)])
    with pytest.raises(MediaError):
        probe(cut)


@pytest.mark.parametrize("content", [b"", b"hello", b"GIF89a" + bytes(40), b"<svg/>"])
def test_anything_else_is_refused(tmp_path, content):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(MediaError, match=r"a\.png"):
        probe(path)


def test_a_file_with_sound_only_is_refused(tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(path, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44_100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 44_100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(MediaError, match="no video"):
        probe(path)

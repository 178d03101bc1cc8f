"""Clips from outside come back as fresh MP4s with picture and sound alone, or not at all."""

import struct
from pathlib import Path

import av
import numpy as np
import pytest

from ourvidz.media import remux
from ourvidz.media.clip_intake import is_clip, safe_clip
from ourvidz.media.intake import IntakeError
from ourvidz.media.probe import probe


def write_clip(path: Path, codec: str = "libx264", sound: str = "aac", frames: int = 6) -> Path:
    """A clip of 64 x 36 with a tone, and tags that tell a place."""
    with av.open(path, "w", format="mp4") as container:
        container.metadata["title"] = "SECRET PLACE"
        picture = container.add_stream(codec, rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 36, "yuv420p"
        tone = container.add_stream(sound, rate=44100, layout="mono") if sound else None
        for number in range(frames):
            pixels = np.full((36, 64, 3), 20 * number, np.uint8)
            container.mux(picture.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(picture.encode(None))
        if tone:
            samples = np.zeros((1, 1024), np.float32)
            frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
            frame.sample_rate = 44100
            container.mux(tone.encode(frame))
            container.mux(tone.encode(None))
    return path


@pytest.mark.parametrize(("encoder", "sound"), [("aac", "aac"), ("libmp3lame", "mp3")])
def test_picture_and_sound_stay_and_the_tags_go(tmp_path, encoder, sound):
    source, new = write_clip(tmp_path / "clip.mp4", sound=encoder), tmp_path / "new.mp4"
    assert b"SECRET PLACE" in source.read_bytes()

    safe_clip(source, new)

    assert b"SECRET PLACE" not in new.read_bytes()
    before, after = probe(source), probe(new)
    assert (after.width, after.height) == (64, 36)
    assert after.duration_seconds == pytest.approx(before.duration_seconds)
    with av.open(new) as container:
        kinds = [stream.codec_context.codec.canonical_name for stream in container.streams]
        assert kinds == ["h264", sound]


def test_another_sound_is_named_with_the_way_out(tmp_path):
    source = write_clip(tmp_path / "clip.mp4", sound="ac3")

    with pytest.raises(IntakeError, match=r"sound is ac3\. .* AAC"):
        safe_clip(source, tmp_path / "new.mp4")


def test_another_codec_is_named_with_the_way_out(tmp_path):
    source = write_clip(tmp_path / "clip.mp4", codec="mpeg4", sound="")

    with pytest.raises(IntakeError, match=r"The clip is mpeg4 .* H\.264"):
        safe_clip(source, tmp_path / "new.mp4")


def test_a_clip_without_a_picture_is_refused(tmp_path):
    source = tmp_path / "sound.mp4"
    with av.open(source, "w", format="mp4") as container:
        tone = container.add_stream("aac", rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate = 44100
        container.mux(tone.encode(frame))
        container.mux(tone.encode(None))

    with pytest.raises(IntakeError, match="no picture"):
        safe_clip(source, tmp_path / "new.mp4")


def test_a_clip_that_is_too_long_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(remux, "MAX_CLIP_SECONDS", 0)
    with pytest.raises(remux.Refused, match="longer than"):
        remux._copy(write_clip(tmp_path / "clip.mp4"), tmp_path / "new.mp4")


@pytest.mark.parametrize(
    ("start", "is_one"),
    [
        (b"\0\0\0\x20ftypisom", True),
        (b"\0\0\0\x14ftypqt  ", True),
        (b"\0\0\0\x18ftypheic", False),
        (b"\0\0\0\x18ftypavif", False),
        (b"\x89PNG\r\n\x1a\n\0\0\0\0", False),
        (b"", False),
    ],
)
def test_what_is_opened_as_a_clip(start, is_one):
    assert is_clip(start) is is_one


def test_a_clip_from_a_phone_stays_turned(tmp_path):
    """Phones write upright clips as lying ones, with the turn in the track's header."""
    source, new = write_clip(tmp_path / "clip.mp4", sound=""), tmp_path / "new.mp4"
    content = bytearray(source.read_bytes())
    matrix = content.index(b"tkhd") + 44  # behind its name, flags, times, ids and volume
    quarter = [0, 0x10000, 0, -0x10000, 0, 0, 36 << 16, 0, 0x40000000]
    content[matrix : matrix + 36] = struct.pack(">9i", *quarter)
    source.write_bytes(content)
    assert (probe(source).width, probe(source).height) == (36, 64)

    safe_clip(source, new)

    assert (probe(new).width, probe(new).height) == (36, 64)

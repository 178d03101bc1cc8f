"""Made files are exact, play everywhere and say how they were made (G10)."""

import json
from fractions import Fraction
from xml.etree import ElementTree

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ourvidz.media import encode, provenance, tell
from ourvidz.media.probe import MediaError, probe
from tests.media.conftest import PARAMETERS, clip_frames, gradient

MARK = b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def test_a_png_keeps_every_pixel(png):
    assert np.array_equal(np.asarray(Image.open(png)), np.asarray(gradient()))


@pytest.mark.parametrize("fixture", ["png", "mp4"])
def test_parameters_come_back(request, fixture):
    path = request.getfixturevalue(fixture)
    assert tell.read_parameters(path) == PARAMETERS
    assert MARK in path.read_bytes()


def test_a_png_tells_other_tools(png):
    told = Image.open(png)
    text = told.info["parameters"]
    assert text.startswith(
        "a fox in the snow, 狐, été\nNegative prompt: blurry, low quality\nSteps: 25"
    )
    assert "CFG scale: 7.5, Seed: 42, Model: sdxl" in text
    packet = ElementTree.fromstring(told.info["xmp"].strip())
    (description,) = packet.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description")
    key = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
    assert description.get(key).encode() == MARK


def test_an_mp4_tells_other_tools(mp4):
    with av.open(mp4) as container:
        tags = container.metadata
    assert json.loads(tags["comment"])["digital_source_type"].encode() == MARK
    assert "Seed: 42" in tags["description"]
    assert tags["title"] == PARAMETERS["prompt"]


@pytest.mark.parametrize("rate", [Fraction(50, 3), Fraction(24), Fraction(30000, 1001)])
def test_frames_are_timed_exactly(tmp_path, rate):
    path = tmp_path / "clip.mp4"
    encode.write_mp4(clip_frames(10), path, rate, (96, 64), {})
    with av.open(path) as container:
        stream = container.streams.video[0]
        times = [frame.pts * stream.time_base for frame in container.decode(stream)]
    assert times == [index / rate for index in range(10)]


def test_a_clip_is_ready_for_browsers(mp4):
    content = mp4.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(mp4) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.color_primaries, context.color_trc, context.colorspace) == (1, 1, 1)
        assert not container.streams.audio


def test_colours_survive_the_clip(mp4):
    with av.open(mp4) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
    difference = np.abs(frame.astype(int) - np.asarray(gradient()).astype(int))
    assert difference.mean() < 3


def test_frames_are_taken_one_at_a_time(tmp_path):
    """The encoder looks ahead, but never holds the whole clip."""
    waiting = {"most": 0, "now": 0}

    class Tracked(np.ndarray):
        def __del__(self):
            waiting["now"] -= 1

    def frames():
        for pixels in clip_frames(200):
            waiting["now"] += 1
            waiting["most"] = max(waiting.values())
            yield pixels.view(Tracked)

    encode.write_mp4(frames(), tmp_path / "clip.mp4", Fraction(25), (96, 64), {})
    assert waiting["most"] <= 3


@pytest.mark.parametrize(
    ("frames", "size", "message"),
    [
        ([], (96, 64), "at least one"),
        ([np.zeros((64, 96, 3), np.uint8)], (64, 96), "expected"),
        ([np.zeros((64, 96, 3))], (96, 64), "expected"),
        ([np.zeros((63, 95, 3), np.uint8)], (95, 63), "even"),
    ],
)
def test_frames_that_do_not_fit_are_refused(tmp_path, frames, size, message):
    with pytest.raises(ValueError, match=message):
        encode.write_mp4(frames, tmp_path / "clip.mp4", Fraction(25), size, {})


def test_a_stripped_png_has_the_same_pixels_and_no_words(png, tmp_path):
    clean = tmp_path / "clean.png"
    provenance.strip(png, clean)
    assert np.array_equal(np.asarray(Image.open(clean)), np.asarray(gradient()))
    assert Image.open(clean).info == {}
    assert tell.read_parameters(clean) is None


def test_a_stripped_clip_has_the_same_frames_and_no_words(mp4, tmp_path):
    def frames(path):
        with av.open(path) as container:
            return [
                (f.pts * f.time_base, f.to_ndarray().tobytes()) for f in container.decode(video=0)
            ]

    clean = tmp_path / "clean.mp4"
    provenance.strip(mp4, clean)
    assert frames(clean) == frames(mp4)
    assert probe(clean).duration_seconds == probe(mp4).duration_seconds
    content = clean.read_bytes()
    assert b"fox" not in content
    assert MARK not in content
    assert content.index(b"moov") < content.index(b"mdat")


def test_only_what_is_made_here_can_be_stripped(tmp_path):
    (tmp_path / "a.gif").write_bytes(b"GIF89a")
    with pytest.raises(MediaError, match="neither"):
        provenance.strip(tmp_path / "a.gif", tmp_path / "b.gif")


@given(
    prompt=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200),
    seed=st.integers(0, 2**31 - 1),
)
def test_any_prompt_comes_back_from_both(tmp_path_factory, prompt, seed):
    folder = tmp_path_factory.mktemp("made")
    parameters = {"prompt": prompt, "seed": seed}
    encode.write_png(gradient(8, 8), folder / "a.png", parameters)
    encode.write_mp4(clip_frames(1, 16, 16), folder / "a.mp4", Fraction(25), (16, 16), parameters)
    assert tell.read_parameters(folder / "a.png") == parameters
    assert tell.read_parameters(folder / "a.mp4") == parameters


def test_the_text_of_another_tool_is_understood():
    text = (
        "a castle\non a hill\nNegative prompt: fog, rain\nSteps: 20, Sampler: DPM++ 2M, "
        "CFG scale: 7, Seed: 99, Size: 512x768, Model hash: 6ce0161689, Model: v1-5, "
        'Hashes: "a: b, c"'
    )
    assert tell.from_text(text) == {
        "prompt": "a castle\non a hill",
        "negative_prompt": "fog, rain",
        "steps": 20,
        "guidance": 7,
        "seed": 99,
        "width": 512,
        "height": 768,
        "model": "v1-5",
    }


def test_a_picture_without_parameters_has_none(tmp_path):
    gradient().save(tmp_path / "a.png")
    assert tell.read_parameters(tmp_path / "a.png") is None
    (tmp_path / "b.png").write_bytes(b"no picture")
    assert tell.read_parameters(tmp_path / "b.png") is None

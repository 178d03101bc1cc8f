"""What dropped files say is read in a process of its own."""

import json
import os
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from ourvidz.media import encode, safe_parameters

PARAMETERS = {"app": "OurVidz", "prompt": "a kite", "seed": 7}


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.mp4"
    frames = (np.full((32, 32, 3), 9 * number, np.uint8) for number in range(4))
    encode.write_mp4(frames, path, Fraction(12), (32, 32), PARAMETERS)
    return path


def test_of_a_clip(clip):
    assert safe_parameters.safe_parameters(clip)["prompt"] == "a kite"


def test_of_a_picture(tmp_path):
    path = tmp_path / "a b.png"
    encode.write_png(Image.new("RGB", (8, 8)), path, PARAMETERS)
    assert safe_parameters.safe_parameters(path) == PARAMETERS


def test_of_what_is_cut_off_or_nothing_at_all(clip, tmp_path):
    whole = clip.read_bytes()
    for content in (whole[:40], whole[:400], b"", b"notes"):
        path = tmp_path / "dropped"
        path.write_bytes(content)
        assert safe_parameters.safe_parameters(path) is None


@pytest.mark.parametrize(
    "answer", ["import os; os.abort()", "raise MemoryError", "print('9' * 3_000_000)"]
)
def test_a_reader_that_is_made_to_crash_or_to_talk_is_not_believed(
    clip, tmp_path, monkeypatch, answer
):
    package = tmp_path / "ourvidz" / "media"
    package.mkdir(parents=True)
    (package / "tell.py").write_text(answer)
    monkeypatch.setattr(safe_parameters, "ROOT", tmp_path)
    assert safe_parameters.safe_parameters(clip) is None


def test_one_that_hangs_is_given_up(clip, tmp_path, monkeypatch):
    package = tmp_path / "ourvidz" / "media"
    package.mkdir(parents=True)
    (package / "tell.py").write_text("import time; time.sleep(60)")
    monkeypatch.setattr(safe_parameters, "ROOT", tmp_path)
    monkeypatch.setattr(safe_parameters, "DECODE_SECONDS", 0.3)
    assert safe_parameters.safe_parameters(clip) is None


def test_it_sees_nothing_of_the_studios_environment(clip, tmp_path, monkeypatch):
    package = tmp_path / "ourvidz" / "media"
    package.mkdir(parents=True)
    (package / "tell.py").write_text("import json, os; print(json.dumps(dict(os.environ)))")
    monkeypatch.setattr(safe_parameters, "ROOT", tmp_path)
    monkeypatch.setitem(os.environ, "SECRET_KEY", "a secret")
    seen = safe_parameters.safe_parameters(clip)
    assert "a secret" not in json.dumps(seen)

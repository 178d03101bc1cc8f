"""Tiles in rows: their ratios have a class each, days have names."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from library.models import LibraryAsset
from library.shelf import RATIOS, Tile

TODAY = date(2026, 11, 21)


def ratio_of(width, height):
    return Tile(LibraryAsset(width=width, height=height), {}).ratio


@pytest.mark.parametrize(
    ("width", "height", "ratio"),
    [
        (1024, 576, 178),
        (1024, 1024, 100),
        (576, 1024, 56),
        (832, 480, 173),
        (480, 832, 58),
        (640, 640, 100),
        (4000, 100, 235),
        (100, 4000, 43),
    ],
)
def test_the_nearest_ratio(width, height, ratio):
    assert ratio_of(width, height) == ratio


def test_what_any_picture_in_between_loses_is_little():
    between = range(RATIOS[0], RATIOS[-1] + 1)
    worst = max(max(ratio_of(r, 100) / r, r / ratio_of(r, 100)) for r in between)

    assert worst < 1.1


def test_the_style_sheet_knows_each_ratio():
    css = (Path(settings.BASE_DIR) / "static" / "css" / "ratios.css").read_text()
    known = {
        int(name): float(value)
        for name, value in re.findall(r"\.ratio-(\d+) \{\s+--ratio: ([\d.]+);", css)
    }

    assert set(known) == set(RATIOS)
    assert all(abs(value - name / 100) < 0.01 for name, value in known.items())

"""Clips made before there were filmstrips get them."""

import io
from fractions import Fraction

import numpy as np
import pytest
from django.core.management import call_command

from ourvidz.media import buckets, encode, missing_filmstrips
from tests.factories import make_job, make_library_asset, make_workspace_asset

pytestmark = pytest.mark.django_db


@pytest.fixture
def clips(creator, tmp_path):
    """One clip in staging and one in the library, neither with a filmstrip; and a picture."""
    path = tmp_path / "clip.mp4"
    frames = (np.full((64, 64, 3), 20 * number, np.uint8) for number in range(12))
    encode.write_mp4(frames, path, Fraction(12), (64, 64), {})
    job = make_job(creator, status="completed")
    make_workspace_asset(job, 1)
    staged = make_workspace_asset(job, 0, kind="video", key=f"{creator.pk}/clip.mp4")
    kept = make_library_asset(creator, kind="video", key=f"{creator.pk}/kept.mp4")
    for clip in (staged, kept):
        buckets.store(clip.bucket, clip.key, path, "video/mp4")
    return staged, kept


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("make_filmstrips", *arguments, stdout=out)
    return out.getvalue().strip()


def test_each_clip_gets_one_and_once(clips):
    assert run("--dry-run") == "Would make 2 filmstrips."
    assert run() == "Made 2 of 2 filmstrips that were missing."
    for clip in clips:
        clip.refresh_from_db()
        assert clip.filmstrip_key == clip.key.replace(".mp4", ".strip.webp")
        assert buckets.exists(clip.bucket, clip.filmstrip_key)
    assert run() == "Made 0 of 0 filmstrips that were missing."


def test_one_that_cannot_be_read_holds_up_no_other(clips):
    staged, kept = clips
    buckets.store(staged.bucket, staged.key, b"no clip at all", "video/mp4")
    assert run() == "Made 1 of 2 filmstrips that were missing."
    kept.refresh_from_db()
    assert kept.filmstrip_key


def test_a_clip_that_went_meanwhile_leaves_no_file(clips):
    staged, _ = clips
    type(staged).objects.filter(pk=staged.pk).delete()
    assert not missing_filmstrips.give_filmstrip(staged)
    assert not buckets.exists(staged.bucket, staged.key.replace(".mp4", ".strip.webp"))

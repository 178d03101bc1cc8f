"""Every asset gets its perceptual hash: with its thumbnail, or afterwards by housekeeping."""

import io

import pytest
from django.core.management import call_command
from PIL import Image

from generation.models import Job
from library.models import LibraryAsset
from library.organising.hashing import BATCH, hash_of
from ourvidz.media import buckets
from ourvidz.media.perceptual import PLAIN, perceptual_hash
from tests.factories import make_job, make_library_asset, make_workspace_asset
from workspace import actions


def slope() -> Image.Image:
    return Image.linear_gradient("L").resize((64, 36)).convert("RGB")


def webp(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=90)
    return file.getvalue()


@pytest.fixture
def sloped(creator):
    asset = make_library_asset(creator, stored=True)
    buckets.store(asset.bucket, asset.thumbnail_key, webp(slope()), "image/webp")
    return asset


def run(**options) -> str:
    out = io.StringIO()
    call_command("hash_pictures", stdout=out, **options)
    return out.getvalue()


def test_saving_keeps_the_hash_of_the_staged_picture(creator):
    job = make_job(creator, status=Job.Status.COMPLETED)
    staged = make_workspace_asset(job, stored=True, perceptual_hash=1234)

    actions.perform(creator, "save", asset_ids=[staged.pk])

    assert LibraryAsset.objects.get().perceptual_hash == 1234


def test_the_command_hashes_what_has_no_hash(sloped):
    assert run(dry_run=True) == "Would hash 1 pictures.\n"
    assert run() == "Hashed 1 pictures.\n"

    sloped.refresh_from_db()
    assert (sloped.perceptual_hash ^ perceptual_hash(slope())).bit_count() <= 6
    assert run() == "Hashed 0 pictures.\n"


def test_a_plain_picture_is_hashed_once(creator):
    plain = make_library_asset(creator, stored=True)

    assert run() == "Hashed 1 pictures.\n"
    plain.refresh_from_db()
    assert plain.perceptual_hash == PLAIN
    assert run() == "Hashed 0 pictures.\n"


def test_a_file_that_is_away_is_left_for_the_next_run(creator):
    make_library_asset(creator)

    assert run() == "Hashed 0 pictures; 1 left, their files could not be read.\n"
    assert run(dry_run=True) == "Would hash 1 pictures.\n"


def test_a_file_that_is_no_picture_is_not_tried_again(sloped):
    buckets.store(sloped.bucket, sloped.thumbnail_key, b"no picture", "image/webp")

    assert hash_of(sloped) == PLAIN


def test_a_clip_without_a_poster_has_nothing_to_compare(creator):
    clip = make_library_asset(creator, kind="video", thumbnail_key="", poster_key="")

    assert hash_of(clip) == PLAIN


def test_more_than_one_batch(creator, monkeypatch):
    for _ in range(BATCH + 5):
        make_library_asset(creator)
    monkeypatch.setattr("library.organising.hashing.hash_of", lambda asset: 5)

    assert run(verbosity=2).splitlines() == ["200 hashed", "205 hashed", "Hashed 205 pictures."]

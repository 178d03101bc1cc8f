"""A frame of a clip becomes a reference."""

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from generation import submission
from generation.models import Job, Lineage, Reference
from generation.requests import validate
from ourvidz.media import buckets, encode
from tests.factories import make_job, make_workspace_asset

pytestmark = pytest.mark.django_db


@pytest.fixture
def clip(creator, tmp_path):
    """A staged clip of 20 frames at 10 a second; frame i is a grey of 10 i."""
    asset = make_workspace_asset(
        make_job(creator, status=Job.Status.COMPLETED, job_type="video_fast"), 0
    )
    path = tmp_path / "clip.mp4"
    greys = (np.full((36, 64, 3), 10 * number, np.uint8) for number in range(20))
    encode.write_mp4(greys, path, Fraction(10), (64, 36), {})
    buckets.store(asset.bucket, asset.key, path, "video/mp4")
    return asset


def take(client, asset, time="1.25"):
    return client.post(f"/workspace/assets/{asset.pk}/frames/", {"time": time})


def test_the_exact_frame_is_kept_as_a_reference(client, creator, clip):
    reply = take(client, clip)
    assert reply.status_code == 201
    kept = Reference.objects.owned_by(creator).get(pk=reply.json()["upload_id"])
    assert (kept.source_asset_id, kept.width, kept.height) == (clip.pk, 64, 36)
    assert reply.json()["thumbnail_url"].startswith("/media/reference-images/")
    with buckets.open_file(kept.bucket, kept.key) as file, Image.open(file) as image:
        assert round(np.asarray(image).mean() / 10) == 12


def test_what_is_made_with_it_descends_from_the_clip(client, creator, clip):
    upload = take(client, clip).json()["upload_id"]
    request = {"prompt": "on", "mode": "video", "model": "wan"}
    job = submission.submit(
        creator, validate({**request, "start_reference": {"upload_id": upload}})
    )
    assert list(job.lineage.values_list("parent_asset_id", "role")) == [
        (clip.pk, Lineage.Role.START)
    ]


@pytest.mark.parametrize("time", ["", "-1", "nan", "soon", "1e9"])
def test_a_wrong_time_is_named(client, clip, time):
    reply = take(client, clip, time)
    assert reply.status_code == 422
    assert "time" in reply.json()["errors"]
    assert not Reference.objects.exists()


def test_a_picture_has_no_frames(client, creator):
    picture = make_workspace_asset(make_job(creator, status=Job.Status.COMPLETED), 0)
    reply = take(client, picture)
    assert reply.status_code == 422
    assert reply.json()["errors"] == {"asset_id": ["Only a clip has frames to choose from."]}


def test_another_persons_clip_is_unknown(client, stranger):
    theirs = make_workspace_asset(
        make_job(stranger, status=Job.Status.COMPLETED, job_type="video_fast"), 0
    )
    assert take(client, theirs).status_code == 404


def test_a_clip_whose_file_is_gone_says_so(client, clip):
    buckets.remove(clip.bucket, [clip.key])
    reply = take(client, clip)
    assert reply.status_code == 422
    assert not Reference.objects.exists()

"""The cast that tests use keeps the constraints of the models."""

import pytest

from generation.models import Job
from tests.factories import make_job, make_library_asset, make_workspace_asset


@pytest.mark.parametrize("status", Job.Status.values)
def test_a_job_can_be_made_in_every_status(creator, status):
    assert make_job(creator, status=status).status == status


def test_assets_belong_to_the_owner_of_their_job(creator):
    job = make_job(creator, job_type="video_fast")

    asset = make_workspace_asset(job, index=0)

    assert asset.owner == creator
    assert asset.is_video
    assert make_library_asset(creator).key != make_library_asset(creator).key

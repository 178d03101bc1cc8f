"""A finished job of three staged pictures, as most tests of the workspace begin with."""

import pytest

from generation.models import Job
from tests.factories import make_job, make_workspace_asset
from workspace.models import WorkspaceAsset


@pytest.fixture
def job(creator) -> Job:
    return make_job(creator, status=Job.Status.COMPLETED)


@pytest.fixture
def assets(job) -> list[WorkspaceAsset]:
    return [make_workspace_asset(job, index, stored=True) for index in range(3)]

"""A tile's mark follows its copy in the library."""

import pytest

from generation.models import Job
from library import trash
from library.models import LibraryAsset
from tests.factories import make_job, make_workspace_asset
from workspace.actions import perform

pytestmark = pytest.mark.django_db


def test_pages_hear_of_a_copy_that_went_to_the_trash_and_came_back(creator):
    asset = make_workspace_asset(make_job(creator, status=Job.Status.COMPLETED), stored=True)
    perform(creator, "save", asset_ids=[asset.pk])
    copies = LibraryAsset.objects.filter(source_asset_id=asset.pk)
    seen = [Job.objects.get(pk=asset.job_id).version]
    for change in (trash.move_to_trash, trash.restore):
        change(copies)
        seen.append(Job.objects.get(pk=asset.job_id).version)
    assert seen == sorted(set(seen))

"""The viewer's page of one asset."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from generation.models import Job
from tests.factories import make_job, make_workspace_asset
from workspace import viewing
from workspace.models import WorkspaceAsset

pytestmark = pytest.mark.django_db


def finished_job(owner, *, minutes_ago: int = 0, **columns) -> Job:
    made = timezone.now() - timedelta(minutes=minutes_ago)
    return make_job(owner, status=Job.Status.COMPLETED, created_at=made, **columns)


@pytest.fixture
def in_order(creator) -> list[WorkspaceAsset]:
    """Five assets of three jobs as the page shows them: newest job first, then by index."""
    jobs = [finished_job(creator, minutes_ago=ago) for ago in (1, 2, 3)]
    return [
        make_workspace_asset(job, index)
        for job, indices in zip(jobs, [(0, 1), (0, 1), (0,)], strict=True)
        for index in indices
    ]


def test_neighbours_go_through_everything_once_in_the_pages_order(in_order):
    ids = [asset.pk for asset in in_order]
    found = [viewing.neighbours(asset) for asset in in_order]
    assert [before for before, _ in found] == [None, *ids[:-1]]
    assert [after for _, after in found] == [*ids[1:], None]


def test_neighbours_leave_out_what_is_removed_and_what_is_anothers(in_order, stranger):
    make_workspace_asset(finished_job(stranger, minutes_ago=1), 0)
    WorkspaceAsset.objects.filter(pk=in_order[1].pk).update(removed_at=timezone.now())
    Job.objects.filter(pk=in_order[2].job_id).update(removed_at=timezone.now())
    assert viewing.neighbours(in_order[0]) == (None, in_order[4].pk)


def test_the_page_names_neighbours_strip_and_controls(client, in_order):
    page = client.get(f"/workspace/assets/{in_order[2].pk}/").content.decode()
    assert f'data-previous="{in_order[1].pk}"' in page
    assert f'data-next="{in_order[3].pk}"' in page
    strip = re.findall(r'class="strip__link" href="\?view=([0-9a-f-]+)"', page)
    assert strip == [str(in_order[2].pk), str(in_order[3].pk)]
    assert "&quot;steps&quot;:15" in page  # recalled without the job's group in the page
    for action in ("copy", "modify", "creative", "video", "all", "seed", "reference"):
        assert f'data-recall-as="{action}"' in page


def test_a_clip_has_a_player_and_a_picture_has_none(client, creator):
    clip = make_workspace_asset(finished_job(creator, job_type="video_fast"), 0)
    picture = make_workspace_asset(finished_job(creator), 0)
    assert "data-player" in client.get(f"/workspace/assets/{clip.pk}/").content.decode()
    assert "data-player" not in client.get(f"/workspace/assets/{picture.pk}/").content.decode()


def test_parameters_are_copied_as_lines(creator):
    job = finished_job(creator, negative_prompt="fog", settings={"steps": 15, "style": "none"})
    asset = make_workspace_asset(job, 1)
    lines = viewing.viewer_context(viewing.shown_to(creator).get(pk=asset.pk))["parameters"]
    assert lines.splitlines() == [
        "a boat at dawn",
        "Negative prompt: fog",
        "Model: SDXL",
        "Seed: 43",
        "Size: 64x36",
        "Steps: 15",
    ]


def test_another_persons_asset_is_as_unknown_as_none(client, stranger):
    theirs = make_workspace_asset(finished_job(stranger), 0)
    assert client.get(f"/workspace/assets/{theirs.pk}/").status_code == 404


def test_queries_do_not_grow_with_what_is_shown(
    client, creator, in_order, django_assert_max_num_queries
):
    job = finished_job(creator)
    assets = [make_workspace_asset(job, index) for index in range(3)]
    with django_assert_max_num_queries(12):
        client.get(f"/workspace/assets/{assets[1].pk}/")


def test_a_clips_tile_can_be_looked_through(client, creator):
    clip = make_workspace_asset(finished_job(creator, job_type="video_fast"), 0)
    make_workspace_asset(finished_job(creator), 0)
    page = client.get("/workspace/").content.decode()
    strips = re.findall(r'data-filmstrip="([^"?]+)', page)
    assert strips == [f"/media/workspace-temp/{clip.filmstrip_key}"]

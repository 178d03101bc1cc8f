"""Lineage as the viewer and the library show it."""

import pytest
from django.utils import timezone

from generation.models import Job, Lineage
from tests.factories import make_job, make_library_asset, make_workspace_asset
from workspace.models import WorkspaceAsset

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture(creator):
    return make_workspace_asset(make_job(creator, status=Job.Status.COMPLETED), 0)


@pytest.fixture
def clip(creator, picture):
    """A clip that starts with `picture`."""
    job = make_job(creator, status=Job.Status.COMPLETED, job_type="video_fast", prompt="waves")
    Lineage.objects.create(job=job, parent_asset_id=picture.pk, role=Lineage.Role.START)
    return make_workspace_asset(job, 0)


def lineage_of(client, asset_id) -> str:
    return client.get(f"/workspace/assets/{asset_id}/lineage/").content.decode()


def test_ancestors_and_descendants_lead_to_each_other(client, picture, clip):
    of_clip, of_picture = lineage_of(client, clip.pk), lineage_of(client, picture.pk)
    assert "Made from" in of_clip
    assert "Led to" not in of_clip
    assert f'href="/workspace/?view={picture.pk}" data-view' in of_clip
    assert "Start frame: a boat at dawn" in of_clip
    assert "Led to" in of_picture
    assert f'href="/workspace/?view={clip.pk}" data-view' in of_picture


def test_what_only_the_library_has_leads_there(client, creator, picture, clip):
    kept = make_library_asset(creator, source_asset_id=picture.pk, job_id=picture.job_id)
    WorkspaceAsset.objects.filter(pk=picture.pk).update(removed_at=timezone.now())
    page = lineage_of(client, clip.pk)
    assert f'href="/library/{kept.pk}/"' in page
    assert "data-view" not in page
    assert f'href="/workspace/?view={clip.pk}"' in lineage_of(client, picture.pk)


def test_what_is_gone_is_named_without_a_link(client, picture, clip):
    WorkspaceAsset.objects.filter(pk=picture.pk).update(removed_at=timezone.now())
    page = lineage_of(client, clip.pk)
    assert "No longer there: a boat at dawn" in page
    assert "<a " not in page


def test_an_upload_and_what_was_made_with_it_lead_to_each_other(client, creator, stranger):
    upload = make_library_asset(creator, title="Storyboard", original_prompt="", seed=None)
    foreign = make_library_asset(stranger, title="Theirs")
    job = make_job(creator, status=Job.Status.COMPLETED, job_type="video_fast", prompt="waves")
    for asset in (upload, foreign):
        Lineage.objects.create(job=job, parent_asset_id=asset.pk, role=Lineage.Role.START)
    clip = make_workspace_asset(job, 0)

    of_clip, of_upload = lineage_of(client, clip.pk), lineage_of(client, upload.pk)

    assert f'href="/library/{upload.pk}/"' in of_clip
    assert "Start frame: Storyboard" in of_clip
    assert "Theirs" not in of_clip
    assert f'href="/workspace/?view={clip.pk}" data-view' in of_upload
    assert "Start frame: waves" in of_upload
    details = client.get(f"/library/{upload.pk}/").content.decode()
    assert f'hx-get="/workspace/assets/{upload.pk}/lineage/"' in details


def test_without_relatives_there_is_nothing_to_show(client, picture):
    assert lineage_of(client, picture.pk).strip() == ""


def test_another_persons_lineage_is_unknown(client, stranger):
    theirs = make_workspace_asset(make_job(stranger, status=Job.Status.COMPLETED), 0)
    assert client.get(f"/workspace/assets/{theirs.pk}/lineage/").status_code == 404


def test_queries_do_not_grow_with_the_family(
    client, creator, picture, django_assert_max_num_queries
):
    for _ in range(5):
        job = make_job(creator, status=Job.Status.COMPLETED)
        Lineage.objects.create(job=job, parent_asset_id=picture.pk, role=Lineage.Role.REFERENCE)
        make_workspace_asset(job, 0)
    with django_assert_max_num_queries(8):
        lineage_of(client, picture.pk)

"""From the library back into the workspace: one copy, where it came from if that is there."""

import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from generation.models import Job, RegisteredModel
from library.models import LibraryAsset
from ourvidz.media import buckets
from ourvidz.media.reconciliation import findings
from tests.factories import make_job, make_library_asset, make_user, make_workspace_asset
from workspace import copying, expiry
from workspace.actions import perform
from workspace.models import WorkspaceAsset

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def uploaded(creator):
    asset = make_library_asset(
        creator, stored=True, source="upload", original_prompt="", title="Mine"
    )
    asset.seed = None
    asset.save()
    return asset


@pytest.fixture
def saved(creator):
    """A staged asset's copy in the library, and the staged asset."""
    staged = make_workspace_asset(make_job(creator, status=Job.Status.COMPLETED), stored=True)
    perform(creator, "save", asset_ids=[staged.pk])
    return LibraryAsset.objects.get(), staged


def press(client, asset):
    return client.post(reverse("workspace:copies", args=[asset.pk]), headers={"HX-Request": "true"})


def missing_files() -> list:
    return [finding for finding in findings() if finding.problem == "missing"]


def picture_of(staged) -> Image.Image:
    with buckets.open_file(staged.bucket, staged.key) as file:
        return Image.open(io.BytesIO(file.read()))


def test_what_was_uploaded_gets_a_group_of_its_own(client, uploaded):
    assert "It is in the workspace" in press(client, uploaded).content.decode()

    staged = WorkspaceAsset.objects.with_saved().get()
    assert staged.job.status == Job.Status.COMPLETED
    assert staged.job.original_prompt == "Mine"
    assert staged.library_asset_id == uploaded.pk
    assert picture_of(staged).size == (64, 36)
    page = client.get("/workspace/").content.decode()
    assert f'id="job-{staged.job_id}"' in page
    assert missing_files() == []


def test_pressed_twice_there_is_one_copy(client, uploaded):
    for _ in range(2):
        assert press(client, uploaded).status_code == 200

    assert WorkspaceAsset.objects.count() == Job.objects.count() == 1
    assert len(list(buckets.each_key("workspace-temp"))) == 2


def test_pressed_at_once_there_is_one_copy():
    asset = make_library_asset(make_user(), stored=True)

    def copy(_):
        try:
            return copying.copy_to_workspace(LibraryAsset.objects.get(pk=asset.pk)).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        made = set(pool.map(copy, range(3)))

    assert made == {WorkspaceAsset.objects.get().pk}
    assert len(list(buckets.each_key("workspace-temp"))) == 2


def test_what_is_still_there_is_only_shown(client, saved):
    asset, staged = saved
    press(client, asset)

    assert WorkspaceAsset.objects.get().key == staged.key


def test_what_was_dismissed_comes_back_with_its_group(client, creator, saved):
    asset, staged = saved
    perform(creator, "dismiss", asset_ids=[staged.pk])

    press(client, asset)

    staged.refresh_from_db()
    assert (staged.removed_at, staged.job.removed_at) == (None, None)


@pytest.mark.parametrize("way", ["removed long ago", "expired", "purged", "file lost"])
def test_what_is_gone_is_copied_to_the_place_it_had(client, saved, way):
    asset, staged = saved
    long_ago = timezone.now() - timedelta(days=400)
    rows = WorkspaceAsset.objects.filter(pk=staged.pk)
    if way == "removed long ago":
        rows.update(removed_at=long_ago)
    elif way == "expired":
        rows.update(expires_at=long_ago)
    elif way == "purged":
        expiry.purge(rows)
    else:
        buckets.remove(staged.bucket, staged.keys)

    press(client, asset)

    again = WorkspaceAsset.objects.shown().get()
    assert (again.pk, again.job_id, again.index) == (staged.pk, staged.job_id, staged.index)
    assert again.expires_at > timezone.now()
    assert picture_of(again).size == (64, 36)
    assert missing_files() == []


def test_a_clip_of_a_job_that_is_gone(client, creator):
    clip = make_library_asset(
        creator, stored=True, kind="video", model="wan", job_id=uuid.uuid4(), width=36, height=64
    )
    press(client, clip)

    job = Job.objects.get()
    assert (job.lane, job.mode, job.settings["aspect_ratio"]) == ("wan", "video", "9:16")
    assert client.get("/workspace/").status_code == 200


def test_the_model_that_made_it_is_named_where_it_is_there(client, creator):
    RegisteredModel.objects.create(name="dreamy", label="Dreamy", lane="sdxl")
    for model in ("dreamy", "elsewhere"):
        press(client, make_library_asset(creator, stored=True, model=model))

    assert {job.model: job.lane for job in Job.objects.all()} == {"dreamy": "sdxl", "sdxl": "sdxl"}
    assert set(WorkspaceAsset.objects.values_list("model", flat=True)) == {"dreamy", "sdxl"}


def test_a_file_that_is_gone_leaves_nothing(client, creator):
    answer = press(client, make_library_asset(creator))

    assert answer.status_code == 409
    assert "could not be copied" in answer.content.decode()
    assert not Job.objects.exists()
    assert list(buckets.each_key("workspace-temp")) == []


def test_only_its_owner_copies_it(client, stranger, uploaded):
    theirs = Client()
    theirs.force_login(stranger)

    assert press(theirs, uploaded).status_code == 404
    assert press(Client(), uploaded).status_code == 302
    uploaded.deleted_at = timezone.now()
    uploaded.save()
    assert press(client, uploaded).status_code == 404
    assert not WorkspaceAsset.objects.exists()

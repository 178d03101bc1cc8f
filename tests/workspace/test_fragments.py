"""What buttons and the prompt bar get as replies."""

import uuid

import pytest

from generation.models import Job
from tests.factories import make_job, make_workspace_asset
from workspace.models import WorkspaceAsset

pytestmark = pytest.mark.django_db

FORM = {
    "prompt": "a boat on a lake",
    "mode": "image",
    "model": "sdxl",
    "quality": "fast",
    "aspect_ratio": "16:9",
    "batch_size": "3",
    "shot_type": "wide",
    "camera_angle": "low_angle",
    "style": "cinematic",
}


@pytest.fixture
def finished(creator):
    job = make_job(creator, status=Job.Status.COMPLETED)
    return make_workspace_asset(job, 0, stored=True)


def test_submitting_answers_with_the_new_group(client, creator):
    reply = client.post("/workspace/jobs/", FORM)
    job = Job.objects.get(owner=creator)
    assert reply.status_code == 200
    assert f'id="job-{job.pk}"' in reply.content.decode()
    assert job.settings["camera_angle"] == "low_angle"


def test_pressing_twice_with_one_key_makes_one_job(client, creator):
    for _ in range(2):
        client.post("/workspace/jobs/", FORM, headers={"Idempotency-Key": "one"})
    assert Job.objects.filter(owner=creator).count() == 1


def test_every_wrong_field_is_named_and_nothing_is_made(client):
    wrong = {**FORM, "prompt": " ", "batch_size": "7", "aspect_ratio": "3:2", "seed": "-4"}
    reply = client.post("/workspace/jobs/", wrong)
    text = reply.content.decode()
    assert reply.status_code == 422
    for label in ("Prompt", "Batch size", "Aspect ratio", "Seed"):
        assert f"<strong>{label}:</strong>" in text
    assert not Job.objects.exists()


def test_the_composed_prompt_is_shown_before_generating(client):
    text = client.post("/workspace/composition/", FORM).content.decode()
    assert "a boat on a lake" in text
    assert "of 75 tokens" in text


def test_saving_marks_the_tile_and_offers_to_undo(client, finished):
    form = {"action": "save", "asset_ids": str(finished.pk)}
    text = client.post("/workspace/actions/", form).content.decode()
    assert "Saved to library" in text
    assert "data-undo" in text


def test_deleting_the_last_tile_takes_the_group_away_and_undo_brings_it_back(client, finished):
    form = {"action": "delete", "asset_ids": str(finished.pk)}
    text = client.post("/workspace/actions/", form).content.decode()
    assert f'data-removed="{finished.job_id}"' in text
    [action] = finished.owner.actions.all()
    back = client.post(f"/workspace/actions/{action.pk}/undo/").content.decode()
    assert f'id="job-{finished.job_id}"' in back
    assert WorkspaceAsset.objects.get(pk=finished.pk).removed_at is None


def test_undoing_twice_says_that_it_is_done(client, finished):
    client.post("/workspace/actions/", {"action": "delete", "asset_ids": str(finished.pk)})
    [action] = finished.owner.actions.all()
    client.post(f"/workspace/actions/{action.pk}/undo/")
    again = client.post(f"/workspace/actions/{action.pk}/undo/")
    assert again.status_code == 409
    assert "undone already" in again.content.decode()


def test_an_unknown_action_is_refused_with_those_there_are(client, finished):
    reply = client.post("/workspace/actions/", {"action": "burn", "asset_ids": str(finished.pk)})
    assert reply.status_code == 422
    assert b"Choose one of save, dismiss, delete" in reply.content


def test_cancelling_ends_a_queued_job(client, creator):
    job = make_job(creator)
    text = client.post(f"/workspace/jobs/{job.pk}/cancellation/").content.decode()
    job.refresh_from_db()
    assert job.status == Job.Status.CANCELLED
    assert "Cancelled" in text


def test_retry_puts_a_new_job_in_the_place_of_a_failed_one(client, creator):
    old = make_job(creator, status=Job.Status.FAILED, error="no", settings=FORM_SETTINGS)
    text = client.post(f"/workspace/jobs/{old.pk}/retry/").content.decode()
    new = Job.objects.exclude(pk=old.pk).get()
    assert f'data-removed="{old.pk}"' in text
    assert f'id="job-{new.pk}"' in text
    assert new.seed == old.seed


def test_regenerating_makes_another_job_with_another_seed(client, creator):
    old = make_job(creator, status=Job.Status.COMPLETED, settings=FORM_SETTINGS)
    client.post(f"/workspace/jobs/{old.pk}/regeneration/")
    new = Job.objects.exclude(pk=old.pk).get()
    assert new.parent == old
    assert new.seed != old.seed


def test_the_viewer_shows_all_that_is_known(client, finished):
    text = client.get(f"/workspace/assets/{finished.pk}/").content.decode()
    assert str(finished.seed) in text
    assert finished.job.original_prompt in text


def test_a_download_leads_to_the_signed_file(client, finished):
    reply = client.get(f"/workspace/assets/{finished.pk}/download/")
    assert reply.status_code == 302
    assert finished.key in reply.headers["Location"]


FORM_SETTINGS = {"prompt": "a boat", "mode": "image", "model": "sdxl", "quality": "fast"}


def _routes(asset):
    job = asset.job_id
    return [
        ("get", f"/workspace/jobs/{job}/", {}),
        ("post", f"/workspace/jobs/{job}/cancellation/", {}),
        ("post", f"/workspace/jobs/{job}/retry/", {}),
        ("post", f"/workspace/jobs/{job}/regeneration/", {}),
        ("get", f"/workspace/assets/{asset.pk}/", {}),
        ("get", f"/workspace/assets/{asset.pk}/download/", {}),
        ("post", "/workspace/actions/", {"action": "delete", "asset_ids": str(asset.pk)}),
        ("post", "/workspace/actions/", {"action": "delete", "job_ids": str(job)}),
    ]


@pytest.mark.parametrize("number", range(8))
def test_a_strangers_id_is_the_same_as_none(client, stranger, number):
    job = make_job(stranger, status=Job.Status.FAILED, settings=FORM_SETTINGS)
    theirs = make_workspace_asset(job, 0)
    nobodys = WorkspaceAsset(pk=uuid.uuid4(), job_id=uuid.uuid4())
    method, url, form = _routes(theirs)[number]
    _, other_url, other_form = _routes(nobodys)[number]
    reply = getattr(client, method)(url, form)
    other = getattr(client, method)(other_url, other_form)
    assert (reply.status_code, reply.content) == (404, other.content)
    job.refresh_from_db()
    assert job.status == Job.Status.FAILED
    assert not WorkspaceAsset.objects.exclude(removed_at=None).exists()


@pytest.mark.parametrize("number", range(8))
def test_a_visitor_gets_nothing(client, finished, number):
    client.logout()
    method, url, form = _routes(finished)[number]
    reply = getattr(client, method)(url, form)
    assert reply.status_code == 302
    assert "/accounts/login/" in reply.headers["Location"]

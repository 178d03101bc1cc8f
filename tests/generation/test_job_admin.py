"""What operators do to jobs in admin goes by the same rules as for their owners."""

import pytest
from django.test import Client
from django.urls import reverse

from generation.models import Job, UsageEntry
from generation.purging import purge
from ourvidz.media import buckets
from tests.factories import make_job, make_library_asset, make_user, make_workspace_asset

LIST = reverse("admin:generation_job_changelist")


@pytest.fixture
def operator(db):
    client = Client()
    client.force_login(make_user("operator", is_staff=True, is_superuser=True))
    return client


def act(operator, action, *jobs, confirmed=True):
    asked = {"action": action, "_selected_action": [job.pk for job in jobs]}
    return operator.post(LIST, {**asked, "confirmed": "yes"} if confirmed else asked, follow=True)


def edit(operator, job, **fields):
    inlines = {
        f"{prefix}-{count}_FORMS": 0
        for prefix in ("references", "lineage")
        for count in ("TOTAL", "INITIAL")
    }
    page = reverse("admin:generation_job_change", args=[job.pk])
    return operator.post(page, {**inlines, **fields})


@pytest.mark.parametrize("action", ["requeue", "cancel", "purge"])
def test_nothing_is_done_before_it_is_confirmed(operator, creator, action):
    status = Job.Status.RUNNING if action == "cancel" else Job.Status.FAILED
    job = make_job(creator, status=status, prompt="<b>boats</b>")

    page = act(operator, action, job, confirmed=False).content.decode()

    assert "Are you sure?" in page
    assert str(job.pk) in page
    assert "&lt;b&gt;boats" in page
    assert list(Job.objects.values_list("pk", "status")) == [(job.pk, status)]


def test_requeue_makes_a_new_job_of_a_failed_one_only(operator, creator):
    failed = make_job(creator, status=Job.Status.FAILED)
    completed = make_job(creator, status=Job.Status.COMPLETED)

    page = act(operator, "requeue", failed, completed).content.decode()

    new = Job.objects.get(status=Job.Status.QUEUED)
    assert (new.parent, new.seed, new.owner) == (failed, failed.seed, creator)
    assert "1 queued again." in page
    assert "1 left as they are" in page


def test_requeue_stops_at_the_owners_limit(operator, creator, settings):
    settings.QUEUED_JOBS_PER_USER = 1
    make_job(creator)

    page = act(operator, "requeue", make_job(creator, status=Job.Status.FAILED)).content.decode()

    assert Job.objects.filter(status=Job.Status.QUEUED).count() == 1
    assert "1 left as they are" in page


def test_cancel_ends_what_is_queued_or_running(operator, creator):
    unfinished = [make_job(creator), make_job(creator, status=Job.Status.RUNNING)]
    completed = make_job(creator, status=Job.Status.COMPLETED)

    page = act(operator, "cancel", *unfinished, completed).content.decode()

    assert Job.objects.filter(status=Job.Status.CANCELLED).count() == 2
    assert "2 cancelled." in page
    assert "1 left as they are" in page


def test_purge_takes_an_ended_job_with_its_files_and_leaves_the_library(operator, creator):
    ended = make_job(creator, status=Job.Status.COMPLETED)
    staged = make_workspace_asset(ended, stored=True)
    saved = make_library_asset(creator, source_asset_id=staged.pk, stored=True)
    UsageEntry.objects.create(
        owner=creator, job=ended, job_type=ended.job_type, credits=1, seconds=1, outputs=1
    )
    running = make_job(creator, status=Job.Status.RUNNING)

    page = act(operator, "purge", ended, running).content.decode()

    assert list(Job.objects.all()) == [running]
    assert not any(buckets.exists(staged.bucket, key) for key in staged.keys)
    assert all(buckets.exists(saved.bucket, key) for key in saved.keys)
    assert UsageEntry.objects.get().job is None
    assert "1 purged." in page


def test_a_purge_that_cannot_remove_files_can_be_done_again(creator, monkeypatch):
    job = make_job(creator, status=Job.Status.FAILED)
    staged = make_workspace_asset(job, stored=True)

    def refuse(bucket, keys):
        raise OSError("the disk is away")

    with monkeypatch.context() as away:
        away.setattr(buckets, "remove", refuse)
        assert purge(Job.objects.all()) == 0
    assert not Job.objects.in_workspace().exists()
    assert buckets.exists(staged.bucket, staged.key)

    assert purge(Job.objects.all()) == 1
    assert not Job.objects.exists()
    assert not buckets.exists(staged.bucket, staged.key)


def test_only_the_place_in_the_queue_can_be_changed(operator, creator, wakes):
    job = make_job(creator, held=True)

    edit(operator, job, priority=5, original_prompt="something else", status="completed")

    changed = Job.objects.get()
    assert (changed.priority, changed.held) == (5, False)
    assert (changed.original_prompt, changed.status) == (job.original_prompt, "queued")
    assert changed.version > job.version
    assert job.lane in wakes


def test_a_priority_out_of_range_is_refused_by_name(operator, creator):
    job = make_job(creator)

    answer = edit(operator, job, priority=101)

    assert "Ensure this value is less than or equal to 100." in answer.content.decode()
    assert Job.objects.get().priority == 0


def test_a_job_that_started_can_only_be_looked_at(operator, creator):
    job = make_job(creator, status=Job.Status.RUNNING)

    assert edit(operator, job, priority=5).status_code == 403
    assert Job.objects.get().priority == 0
    page = operator.get(reverse("admin:generation_job_change", args=[job.pk]))
    assert 'name="_save"' not in page.content.decode()


def test_jobs_are_neither_added_nor_deleted_by_hand(operator, creator):
    job = make_job(creator, status=Job.Status.FAILED)

    assert operator.get(reverse("admin:generation_job_add")).status_code == 403
    assert operator.post(reverse("admin:generation_job_delete", args=[job.pk])).status_code == 403
    act(operator, "delete_selected", job)
    assert Job.objects.exists()


def test_staff_without_the_permission_can_look_and_not_act(creator):
    from django.contrib.auth.models import Permission

    helper = make_user("helper", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_job"))
    client = Client()
    client.force_login(helper)
    job = make_job(creator, status=Job.Status.FAILED)

    page = client.get(LIST).content.decode()
    for action in ("requeue", "cancel", "purge"):
        assert f'value="{action}"' not in page
        act(client, action, job)

    assert list(Job.objects.values_list("pk", "status")) == [(job.pk, "failed")]

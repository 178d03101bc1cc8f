"""GET, PATCH, cancel and retry of jobs by the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generation.models import Job
from tests.factories import make_job, make_workspace_asset

NOW = timezone.now()


def get(client, address="jobs", **query):
    return client.get(f"/api/v1/{address}", query)


def patch(client, job, body):
    return client.patch(f"/api/v1/jobs/{job.pk}", body, content_type="application/json")


def test_a_job_with_all_that_is_promised(client, creator):
    job = make_job(
        creator,
        status=Job.Status.RUNNING,
        progress={"phase": "rendering", "percent": 50},
        enhanced_prompt="a fine boat",
    )
    asset = make_workspace_asset(job, index=1)

    shown = get(client, f"jobs/{job.pk}").json()

    assert (shown["id"], shown["status"], shown["lane"]) == (str(job.pk), "running", "sdxl")
    assert (shown["position"], shown["eta_seconds"]) == (None, pytest.approx(6))
    assert shown["progress"] == job.progress
    assert shown["prompt"] == shown["original_prompt"] == "a boat at dawn"
    assert shown["enhanced_prompt"] == "a fine boat"
    assert shown["composed_prompt"] == job.composed_prompt
    assert shown["settings"] == job.settings
    assert shown["error"] == ""
    [made] = shown["assets"]
    assert {name: made[name] for name in ("id", "index", "kind", "seed", "width")} == {
        "id": str(asset.pk),
        "index": 1,
        "kind": "image",
        "seed": 43,
        "width": 64,
    }
    assert made["urls"].keys() == {"original", "thumbnail", "poster"}
    assert "signature=" in made["urls"]["original"]


def test_a_clip_says_how_long_it_is(client, creator):
    job = make_job(creator, job_type="video_fast", status=Job.Status.COMPLETED)
    make_workspace_asset(job)

    [clip] = get(client, f"jobs/{job.pk}").json()["assets"]

    assert (clip["mime_type"], clip["duration_seconds"]) == ("video/mp4", 4.98)


def test_what_was_removed_is_not_shown(client, creator):
    job = make_job(creator, status=Job.Status.COMPLETED)
    make_workspace_asset(job, removed_at=NOW)

    assert get(client, f"jobs/{job.pk}").json()["assets"] == []


def test_pages_have_every_job_once_newest_first(client, creator):
    # Pairs share a moment, so that the id must decide.
    jobs = [make_job(creator, created_at=NOW - timedelta(seconds=n // 2)) for n in range(7)]
    seen, cursor = [], ""
    while cursor is not None:
        page = get(client, limit=3, cursor=cursor).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]

    expected = sorted(jobs, key=lambda job: (job.created_at, job.pk), reverse=True)
    assert seen == [str(job.pk) for job in expected]


def test_a_job_that_arrives_meanwhile_moves_no_page(client, creator):
    jobs = [make_job(creator, created_at=NOW - timedelta(seconds=n)) for n in range(4)]
    cursor = get(client, limit=2).json()["next_cursor"]
    make_job(creator)

    page = get(client, limit=2, cursor=cursor).json()

    assert [item["id"] for item in page["items"]] == [str(job.pk) for job in jobs[2:]]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "WzEsMl0"}, "cursor"),
        ({"cursor": "bnVsbA"}, "cursor"),
        ({"cursor": "é"}, "cursor"),
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "many"}, "limit"),
    ],
)
def test_a_bad_page_is_named(client, query, field):
    answer = get(client, **query)

    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {field}


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_costs_the_same_for_any_number(client, creator, number, django_assert_num_queries):
    for _ in range(number):
        job = make_job(creator, status=Job.Status.RUNNING)
        make_workspace_asset(job, 0)
        make_workspace_asset(job, 1)
        make_job(creator)

    # Session, user, jobs, assets, two for positions and estimates, one for who can do them.
    with django_assert_num_queries(7):
        assert len(get(client, limit=200).json()["items"]) == 2 * number


@pytest.mark.parametrize("status", ["queued", "running"])
def test_cancel_and_cancel_again(client, creator, status):
    job = make_job(creator, status=status)

    for _ in range(2):
        answer = client.post(f"/api/v1/jobs/{job.pk}/cancellation")
        assert answer.status_code == 200
        assert answer.json()["status"] == "cancelled"


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_what_ended_is_not_cancelled(client, creator, status):
    job = make_job(creator, status=status)

    answer = client.post(f"/api/v1/jobs/{job.pk}/cancellation")

    assert answer.status_code == 409
    assert Job.objects.get().status == status


def test_retry_makes_a_new_job_once(client, creator):
    job = make_job(creator, status=Job.Status.FAILED)

    answers = [client.post(f"/api/v1/jobs/{job.pk}/retry") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["job_id"] != str(job.pk)


def test_changes_to_a_queued_job(client, creator):
    job = make_job(creator)

    answer = patch(client, job, {"priority": 3, "held": True, "prompt": "a ship", "seed": 5})

    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["priority"], shown["held"], shown["seed"]) == (3, True, 5)
    assert shown["composed_prompt"].startswith("a ship")
    assert (shown["position"], shown["eta_seconds"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"priority": 1000}, "priority"),
        ({"held": "maybe"}, "held"),
        ({"prompt": ""}, "prompt"),
        ({"seed": "x"}, "seed"),
        ({"owner": 1}, "owner"),
        ({"status": "completed"}, "status"),
    ],
)
def test_wrong_changes_are_named_and_change_nothing(client, creator, body, field):
    job = make_job(creator)

    answer = patch(client, job, body)

    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {field}
    assert Job.objects.get().version == job.version


@pytest.mark.parametrize("status", ["running", "completed", "cancelled"])
def test_a_started_job_cannot_be_changed(client, creator, status):
    answer = patch(client, make_job(creator, status=status), {"priority": 1})

    assert answer.status_code == 409
    assert "no longer queued" in answer.json()["detail"]

"""POST generate-content: the door for programs."""

import pytest

from generation.models import Job

ADDRESS = "/api/v1/generate-content"


def post(client, body, **headers):
    return client.post(ADDRESS, body, content_type="application/json", headers=headers)


def test_answers_at_once_with_the_job(client, creator):
    answer = post(client, {"prompt": "a boat", "seed": 7})

    job = Job.objects.get()
    assert answer.status_code == 202
    assert answer.json() == {"job_id": str(job.pk), "status": "queued"}
    assert (job.owner, job.seed) == (creator, 7)


def test_the_same_idempotency_key_gives_the_same_job(client):
    headers = {"Idempotency-Key": "once"}

    answers = [post(client, {"prompt": "a boat"}, **headers).json() for _ in range(2)]

    assert answers[0] == answers[1]
    assert Job.objects.count() == 1


BAD = [
    ({"prompt": ""}, ["prompt"]),
    ({"prompt": "x" * 10_000}, ["prompt"]),
    ({"prompt": "a", "model": "dalle"}, ["model"]),
    ({"prompt": "a", "batch_size": 7}, ["batch_size"]),
    ({"prompt": "a", "seed": 2**31}, ["seed"]),
    ({"prompt": "a", "aspect_ratio": "3:2"}, ["aspect_ratio"]),
    ({"prompt": "a", "content_mode": "nsfw"}, ["content_mode"]),
    ({"prompt": "nude child"}, ["prompt"]),
    ({"prompt": "a", "reference": {"url": "http://10.0.0.1/a.png"}}, ["reference.url"]),
    (
        {"prompt": "a", "reference": {"asset_id": "00000000-0000-4000-8000-000000000000"}},
        ["reference.asset_id"],
    ),
    (
        {"prompt": "a", "reference": {"upload_id": "00000000-0000-4000-8000-000000000000"}},
        ["reference.upload_id"],
    ),
    ({"prompt": "a", "steps": 3, "owner": 1, "mode": "film"}, ["mode", "steps", "owner"]),
    ({}, ["prompt"]),
    ([], ["body"]),
]


@pytest.mark.parametrize(("body", "fields"), BAD, ids=[",".join(fields) for _, fields in BAD])
def test_bad_input_is_named_and_leaves_nothing(client, body, fields, wakes):
    answer = post(client, body)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert list(problem["errors"]) == fields
    assert problem["status"] == 422
    assert all(field in problem["detail"] for field in fields)
    assert not Job.objects.exists()
    assert not wakes


@pytest.mark.parametrize("body", ["{", "[1,", "\xff", '{"seed": ' + "1" * 5000 + "}", "[" * 10**5])
def test_malformed_json_names_the_body(client, body):
    answer = post(client, body.encode("latin-1"))

    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == {"body"}


def test_a_body_that_is_too_large(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    answer = post(client, {"prompt": "x" * 2000})

    assert answer.status_code == 413
    assert answer.json()["title"]


def test_over_the_limit_it_says_when_to_come_back(client, settings):
    settings.QUEUED_JOBS_PER_USER = 1
    post(client, {"prompt": "a boat"})

    answer = post(client, {"prompt": "a boat"})

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "1 job" in answer.json()["detail"]

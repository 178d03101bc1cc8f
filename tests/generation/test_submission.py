"""A request becomes a queued job with all that belongs to it, or leaves nothing behind."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from generation import submission
from generation.composition import PHRASES
from generation.models import Job, JobReference, Lineage, Reference
from generation.requests import RequestError, validate
from generation.submission import regenerate, retry, submit
from generation.vocabulary import SEED_MAXIMUM
from ourvidz.errors import LimitError, StateError
from ourvidz.media import buckets
from tests.factories import make_job, make_library_asset, make_user, make_workspace_asset


def request_of(**data):
    return validate({"prompt": "a boat at dawn", **data})


def stored_files() -> list[str]:
    return list(buckets.each_key(Reference.bucket))


def test_every_column_is_filled(creator, wakes):
    job = submit(creator, request_of(negative_prompt="fog", quality="high", seed=7))

    job.refresh_from_db()
    assert (job.owner, job.status, job.lane) == (creator, "queued", "sdxl")
    assert (job.job_type, job.mode, job.quality) == ("sdxl_image_high", "image", "high")
    assert (job.model, job.count, job.width, job.height) == ("sdxl", 3, 1024, 576)
    assert (job.seed, job.negative_prompt) == (7, "fog")
    assert job.original_prompt == "a boat at dawn"
    assert job.composed_prompt == "a boat at dawn, wide shot, cinematic film still"
    assert wakes == ["sdxl"]


CONTROLS = {
    "negative_prompt": "fog",
    "quality": "high",
    "batch_size": 6,
    "aspect_ratio": "1:1",
    "steps": 33,
    "guidance": 9.5,
    "seed": 7,
    "seed_locked": True,
    "shot_type": "close",
    "camera_angle": "overhead",
    "style": "pop",
    "style_text": "gouache",
    "lighting": "soft",
    "composition": "dynamic",
    "colour_grading": "cool",
    "texture": "glossy",
    "term_weights": {"boat": 1.5},
    "enhancement": "base",
}
CLIP_CONTROLS = {"length_seconds": 10, "motion": 0.9}
IN_THE_PROMPT = {*PHRASES, "style_text", "motion"}


@pytest.mark.parametrize(
    ("mode", "name", "value"),
    [
        *(("image", name, value) for name, value in CONTROLS.items()),
        *(("video", name, value) for name, value in CLIP_CONTROLS.items()),
    ],
)
def test_every_control_arrives(creator, mode, name, value):
    """In the settings that the worker builds its task from; those with words in the prompt."""
    plain = submit(creator, request_of(mode=mode, seed=1))
    chosen = submit(creator, request_of(mode=mode, **{"seed": 1, name: value}))

    assert chosen.settings[name] == value
    assert chosen.settings[name] != plain.settings[name]
    assert (chosen.composed_prompt != plain.composed_prompt) == (name in IN_THE_PROMPT)


@pytest.mark.parametrize(
    ("data", "columns"),
    [
        ({"batch_size": 6}, {"count": 6}),
        ({"aspect_ratio": "9:16"}, {"width": 576, "height": 1024}),
        ({"model": "wan"}, {"lane": "wan", "model": "wan", "width": 832, "height": 480}),
        ({"mode": "video"}, {"lane": "wan", "mode": "video", "count": 1}),
    ],
)
def test_controls_that_have_columns(creator, data, columns):
    job = submit(creator, request_of(**data))

    assert {name: getattr(job, name) for name in columns} == columns


def test_a_random_seed_is_chosen_and_kept(creator):
    jobs = [submit(creator, request_of(batch_size=6)) for _ in range(3)]

    assert len({job.seed for job in jobs}) == 3
    assert all(0 <= job.seed <= SEED_MAXIMUM - 5 for job in jobs)
    assert all(job.settings["seed"] == job.seed for job in jobs)


def test_settings_can_be_submitted_again(creator):
    job = submit(creator, request_of(term_weights={"boat": 1.5}, style="pop"))

    assert validate(job.settings).model_dump(mode="json", exclude={"seed"}) == request_of(
        term_weights={"boat": 1.5}, style="pop"
    ).model_dump(mode="json", exclude={"seed"})


def test_a_prompt_of_one_endless_word_is_refused(creator):
    with pytest.raises(RequestError) as refusal:
        submit(creator, request_of(prompt="a" * 2000))

    assert refusal.value.errors == {"prompt": [submission.NO_ROOM]}
    assert not Job.objects.exists()


def test_what_may_not_be_made_leaves_nothing(creator, wakes):
    with pytest.raises(RequestError):
        submit(creator, request_of(prompt="nude child"))

    assert not Job.objects.exists()
    assert not wakes


def test_enhancement_makes_a_chat_job_that_the_main_job_waits_for(creator, wakes):
    job = submit(creator, request_of(enhancement="instruct", mode="video"))

    chat = job.waits_for
    assert (chat.lane, chat.job_type, chat.owner) == ("chat", "enhancement", creator)
    assert (chat.model, chat.mode) == ("wan", "video")
    assert (chat.original_prompt, chat.composed_prompt) == ("a boat at dawn", "")
    assert job.job_type == "video7b_fast_enhanced"
    wait = job.waits_until - timezone.now()
    assert timedelta(seconds=125) < wait <= timedelta(seconds=130)
    assert wakes == ["chat", "wan"]


def test_enhancement_only_makes_just_the_chat_job(creator):
    job = submit(creator, request_of(enhancement_only=True))

    assert (job.lane, job.job_type, job.width) == ("chat", "enhancement", 0)
    assert Job.objects.count() == 1


def test_the_limit_of_queued_jobs(creator, stranger, settings):
    settings.QUEUED_JOBS_PER_USER = 2
    make_job(creator)
    make_job(creator, status=Job.Status.COMPLETED)
    submit(creator, request_of())

    with pytest.raises(LimitError) as refusal:
        submit(creator, request_of())

    assert refusal.value.retry_after > 0
    assert "2 jobs" in str(refusal.value)
    assert submit(stranger, request_of())


def test_the_same_key_gives_the_same_job(creator, stranger):
    first = submit(creator, request_of(), idempotency_key="k")

    assert submit(creator, request_of(prompt="else"), idempotency_key="k") == first
    assert submit(creator, request_of(), idempotency_key="other") != first
    assert submit(stranger, request_of(), idempotency_key="k") != first
    assert submit(creator, request_of()) != submit(creator, request_of())


def test_a_key_that_is_too_long(creator):
    with pytest.raises(RequestError) as refusal:
        submit(creator, request_of(), idempotency_key="k" * 121)

    assert refusal.value.errors.keys() == {"Idempotency-Key"}


def test_a_key_that_another_request_took_meanwhile(creator, monkeypatch, wakes):
    """The look before the insert misses it; the constraint does not."""
    first = submit(creator, request_of(), idempotency_key="k")
    asset = make_library_asset(creator, stored=True)
    real, looks = submission._earlier, iter([None])
    monkeypatch.setattr(submission, "_earlier", lambda *args: next(looks, first) and real(*args))

    data = {"reference": {"asset_id": str(asset.pk)}, "enhancement": "base"}
    assert submit(creator, request_of(**data), idempotency_key="k") == first

    assert Job.objects.count() == 1
    assert not stored_files()


@pytest.mark.django_db(transaction=True)
def test_a_key_under_a_real_race():
    creator = make_user("racer")
    start, made, failed = threading.Barrier(4), [], []

    def run():
        start.wait()
        try:
            made.append(submit(creator, request_of(), idempotency_key="k").pk)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failed
    assert len(made) == 4
    assert len(set(made)) == Job.objects.count() == 1


def test_references_are_copied_and_their_origin_kept(creator):
    job = make_job(creator, status=Job.Status.COMPLETED)
    staged = make_workspace_asset(job, stored=True)
    kept = make_library_asset(creator, stored=True, source_asset_id=make_job(creator).pk)

    made = submit(
        creator,
        request_of(
            reference={"asset_id": str(staged.pk), "kind": "character", "strength": 0.75},
            style_reference={"asset_id": str(kept.pk)},
        ),
    )

    uses = {use.role: use for use in JobReference.objects.filter(job=made)}
    assert (uses["reference"].kind, uses["reference"].strength) == ("character", 0.75)
    assert (uses["style"].kind, uses["style"].strength) == ("style", 0.5)
    assert {(edge.role, edge.parent_asset_id) for edge in Lineage.objects.filter(job=made)} == {
        ("reference", staged.pk),
        ("style", kept.source_asset_id),
    }
    for use in uses.values():
        assert buckets.exists(Reference.bucket, use.reference.key)
    assert made.settings["reference"] == {
        "upload_id": str(uses["reference"].reference.pk),
        "kind": "character",
        "strength": 0.75,
    }


def test_frames_of_a_video_have_their_roles(creator):
    asset = {"asset_id": str(make_library_asset(creator, stored=True).pk)}

    made = submit(creator, request_of(mode="video", start_reference=asset, end_reference=asset))

    assert set(made.references.values_list("role", "strength")) == {("start", 0.9), ("end", 0.9)}


def test_every_bad_reference_is_named_and_nothing_is_left(creator, stranger):
    own = make_library_asset(creator, stored=True)
    foreign = make_library_asset(stranger, stored=True)

    with pytest.raises(RequestError) as refusal:
        submit(
            creator,
            request_of(
                mode="video",
                start_reference={"asset_id": str(own.pk)},
                end_reference={"asset_id": str(foreign.pk)},
            ),
        )

    assert refusal.value.errors.keys() == {"end_reference.asset_id"}
    assert not Job.objects.exists()
    assert not Reference.objects.exists()
    assert not stored_files()


def test_a_failing_transaction_leaves_no_file(creator, monkeypatch):
    asset = make_library_asset(creator, stored=True)
    monkeypatch.setattr(submission, "_attach", lambda *args: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        submit(creator, request_of(reference={"asset_id": str(asset.pk)}))

    assert not Job.objects.exists()
    assert not stored_files()


def test_regenerate_takes_a_new_seed_and_the_same_references(creator):
    asset = make_library_asset(creator, stored=True)
    job = submit(creator, request_of(seed=7, reference={"asset_id": str(asset.pk)}))

    again = regenerate(job)

    assert again.seed != 7
    assert again.parent == job
    assert again.composed_prompt == job.composed_prompt
    assert again.references.get().reference == job.references.get().reference
    assert again.lineage.get().parent_asset_id == asset.pk
    assert Reference.objects.count() == 1


def test_regenerate_keeps_a_locked_seed(creator):
    assert regenerate(submit(creator, request_of(seed=7, seed_locked=True))).seed == 7


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_retry_takes_the_place_of_the_old_job(creator, status):
    job = submit(creator, request_of(seed=7))
    Job.objects.filter(pk=job.pk).update(status=status, ended_at=timezone.now())
    job.refresh_from_db()

    again = retry(job)

    assert (again.seed, again.parent, again.status) == (7, job, "queued")
    assert retry(job) == again
    assert list(Job.objects.in_workspace()) == [again]


def test_retry_leaves_in_place_what_the_old_job_had_finished(creator):
    job = submit(creator, request_of())
    Job.objects.filter(pk=job.pk).update(status="failed", ended_at=timezone.now())
    make_workspace_asset(job)
    job.refresh_from_db()

    retry(job)

    job.refresh_from_db()
    assert job.removed_at is None


@pytest.mark.parametrize("status", ["queued", "running", "completed"])
def test_only_what_failed_is_retried(creator, status):
    with pytest.raises(StateError):
        retry(make_job(creator, status=status))

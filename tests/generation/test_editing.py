"""A queued job can be changed by its owner, through the same validation; a started one not."""

import pytest
from django.utils import timezone

from generation.editing import JobChanges, edit
from generation.models import Job
from generation.requests import validate
from generation.submission import submit
from ourvidz.errors import RequestError, StateError


def queued(owner, **data) -> Job:
    return submit(owner, validate({"prompt": "a boat at dawn", **data}))


def test_priority_and_hold(creator, wakes):
    job = queued(creator)

    changed = edit(job, JobChanges(priority=5, held=True))

    assert (changed.priority, changed.held) == (5, True)
    assert changed.version == job.version + 1
    assert changed.settings == job.settings
    assert wakes == ["sdxl", "sdxl"]


def test_prompt_and_seed_change_what_is_composed(creator):
    changed = edit(queued(creator), JobChanges(prompt="a ship", negative_prompt="fog", seed=9))

    assert changed.original_prompt == changed.settings["prompt"] == "a ship"
    assert changed.composed_prompt.startswith("a ship, wide shot")
    assert changed.negative_prompt == changed.settings["negative_prompt"] == "fog"
    assert changed.seed == changed.settings["seed"] == 9


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"priority": 101}, "priority"),
        ({"held": "maybe"}, "held"),
        ({"prompt": " "}, "prompt"),
        ({"seed": -1}, "seed"),
        ({"status": "completed"}, "status"),
        ([], "body"),
    ],
)
def test_wrong_changes_are_named(data, field):
    with pytest.raises(RequestError) as refusal:
        JobChanges.of(data)

    assert refusal.value.errors.keys() == {field}


def test_a_new_prompt_must_have_the_weighted_terms(creator):
    job = queued(creator, term_weights={"boat": 1.5})

    with pytest.raises(RequestError) as refusal:
        edit(job, JobChanges(prompt="a ship"))

    assert refusal.value.errors.keys() == {"term_weights.boat"}


def test_a_new_prompt_may_not_be_what_is_never_made(creator):
    with pytest.raises(RequestError):
        edit(queued(creator), JobChanges(prompt="nude child"))


@pytest.mark.parametrize("changes", [{"priority": 1}, {"prompt": "a ship"}])
def test_a_job_that_just_started_is_left_alone(creator, changes):
    job = queued(creator)
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(status="running", lease_expires_at=now, started_at=now)

    with pytest.raises(StateError):
        edit(job, JobChanges(**changes))

    assert Job.objects.get(pk=job.pk).original_prompt == "a boat at dawn"


def test_a_queued_enhancement_takes_the_new_prompt(creator):
    changed = edit(queued(creator, enhancement="base"), JobChanges(prompt="a ship"))

    assert changed.waits_for.original_prompt == "a ship"
    assert changed.waits_for.settings["prompt"] == "a ship"


def test_what_was_enhanced_already_is_not_waited_for(creator):
    job = queued(creator, enhancement="base")
    Job.objects.filter(pk=job.waits_for_id).update(status="completed", ended_at=timezone.now())

    changed = edit(job, JobChanges(prompt="a ship"))

    assert (changed.waits_for, changed.waits_until) == (None, None)

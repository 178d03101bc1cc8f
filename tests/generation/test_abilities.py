"""What a worker tells that it can run, and what creators are offered by that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generation import workers
from generation.abilities import runnable
from generation.models import RegisteredModel, Worker
from generation.offers import offers

pytestmark = pytest.mark.django_db


def reasons() -> dict[str, str]:
    return {offer.model.name: offer.reason or offer.waits for offer in offers()}


def test_it_can_run_what_its_settings_have():
    assert runnable(["sdxl", "chat"]) == ["sdxl", "chat"]


def test_it_cannot_run_what_is_not_there(monkeypatch, settings):
    monkeypatch.setattr("generation.installed.find_spec", lambda name: True)
    settings.BACKENDS = {**settings.BACKENDS, "wan": {"BACKEND": "nowhere.Backend"}}
    RegisteredModel.objects.create(
        name="own", label="Own", lane="sdxl", backend="diffusers", location="/nowhere", order=9
    )
    RegisteredModel.objects.create(
        name="hub", label="Hub", lane="sdxl", backend="diffusers", location="a/b", order=9
    )

    assert runnable(["sdxl", "wan"]) == ["sdxl", "hub"]


def test_what_living_workers_have_is_offered():
    workers.note("here", Worker.Kind.LOCAL, lanes=["sdxl"], models=["sdxl"])
    assert reasons()["sdxl"] == ""
    assert "waits until one is back" in reasons()["wan"]

    workers.note("here", Worker.Kind.LOCAL, lanes=["sdxl", "wan"], models=["sdxl"])
    assert "No worker of this studio has WAN 2.1" in reasons()["wan"]


def test_a_worker_that_went_silent_has_its_lane_wait():
    workers.note("gone", Worker.Kind.LOCAL, lanes=["sdxl"], models=["sdxl"])
    Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=2))

    assert "waits until one is back" in reasons()["sdxl"]


def test_without_any_worker_known_all_are_offered():
    assert set(reasons().values()) == {""}

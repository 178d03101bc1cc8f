"""What every test stands on: own media folder, no Redis, two people."""

import gc
import os
from pathlib import Path

import hypothesis
import pytest

from ourvidz.accounts import rates
from tests.factories import make_user

# A machine that is busy with much else is not a fault.
hypothesis.settings.register_profile("studio", deadline=None)
hypothesis.settings.load_profile("studio")

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(items) -> None:
    """Mark those that may ask the database: what another one cannot change is tested once."""
    for item in items:
        if item.get_closest_marker("any_database"):
            continue
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(item.fixturenames):
            item.add_marker("database")


def pytest_collection_finish() -> None:
    """What is loaded by now stays, so the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory) -> Path:
    """A folder that all processes of this test run have."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(autouse=True)
def studio(settings, tmp_path):
    """Settings of a studio that touches nothing outside `tmp_path` and needs no Redis."""
    settings.MEDIA_ROOT = tmp_path / "media"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain} | {
        name: {
            "BACKEND": "ourvidz.media.storages.FileBucket",
            "OPTIONS": {"location": settings.MEDIA_ROOT / name},
        }
        for name in settings.BUCKETS
    }
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return settings


@pytest.fixture(autouse=True)
def nothing_waits_for_the_disk(monkeypatch):
    """Files of a test need not survive the loss of power."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture(autouse=True)
def wakes(monkeypatch, request) -> list[str]:
    """The lanes that were woken, in order. Tests marked `live` wake the real queue."""
    lanes: list[str] = []
    if "live" not in request.keywords:
        monkeypatch.setattr("generation.queue.wake", lanes.append)
    return lanes


@pytest.fixture(autouse=True)
def nobody_was_busy():
    """Ids of users come again; what one did in another test does not count."""
    rates.forget_all()


@pytest.fixture
def creator(db):
    return make_user("creator")


@pytest.fixture
def stranger(db):
    return make_user("stranger")


@pytest.fixture
def client(client, creator):
    """A browser that is signed in as `creator`."""
    client.force_login(creator)
    return client

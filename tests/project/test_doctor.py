"""What `manage.py doctor` finds and advises."""

import io
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import redis
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder

from generation.models import Worker
from generation.workers import models_of
from ourvidz.media import buckets
from ourvidz.operations import checkup

pytestmark = pytest.mark.django_db(transaction=True)


def examine() -> tuple[dict[str, dict], int]:
    """Findings by name, and the exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command("doctor", json=True, stdout=out)
    except SystemExit as stop:
        code = stop.code
    document = json.loads(out.getvalue())
    return {finding["name"]: finding for finding in document["findings"]}, code


@pytest.fixture
def worked(monkeypatch, settings, redis_url):
    """A worker on every lane that was heard of just now, and a schedule."""
    for lane in settings.BACKENDS:
        Worker.objects.create(name=lane, kind="local", lanes=[lane], models=models_of([lane]))
    worker = SimpleNamespace(
        queue_names=lambda: list(settings.RQ_QUEUES), last_heartbeat=datetime.now(UTC)
    )
    monkeypatch.setattr(checkup.Worker, "all", lambda connection: [worker])
    redis.Redis.from_url(redis_url).set(checkup.SCHEDULE_KEY, "now", ex=60)
    yield worker
    redis.Redis.from_url(redis_url).delete(checkup.SCHEDULE_KEY)


def test_a_sound_studio_passes(worked):
    found, code = examine()
    assert {finding["level"] for finding in found.values()} == {"ok"}
    assert code == 0
    assert {"database", "migrations", "redis", "schedule", "disk", "video"} <= set(found)
    assert {f"worker {lane}" for lane in ("sdxl", "wan", "chat", "default")} <= set(found)
    assert {f"bucket {name}" for name in ("workspace-temp", "user-library")} <= set(found)


def test_without_redis_it_says_what_to_start(settings):
    settings.REDIS_URL = "unix:///nowhere/socket"
    found, code = examine()
    assert code == 1
    assert found["redis"]["level"] == "fail"
    assert "bin/run" in found["redis"]["advice"]


def test_a_lane_without_worker_fails(redis_url):
    found, code = examine()
    assert code == 1
    assert found["worker wan"]["level"] == "fail"
    assert "manage.py rqworker wan" in found["worker wan"]["advice"]


def test_a_worker_that_went_silent_is_worth_a_look(worked):
    worked.last_heartbeat -= timedelta(minutes=3)
    found, code = examine()
    assert found["worker default"]["level"] == "warn"
    assert code == 0


def test_a_schedule_that_does_not_run_fails(worked, redis_url):
    redis.Redis.from_url(redis_url).delete(checkup.SCHEDULE_KEY)
    found, code = examine()
    assert found["schedule"]["level"] == "fail"
    assert code == 1


def test_a_migration_that_was_not_applied_fails(worked):
    migrations = MigrationRecorder.Migration.objects.filter(app="library")
    rows = list(migrations)
    migrations.delete()
    try:
        found, code = examine()
    finally:
        MigrationRecorder.Migration.objects.bulk_create(rows)
    assert found["migrations"]["level"] == "fail"
    assert "manage.py prepare" in found["migrations"]["advice"]
    assert code == 1


def test_a_bucket_that_refuses_fails(worked, monkeypatch):
    def refuse(bucket: str) -> None:
        if bucket == "user-library":
            raise buckets.BucketError("permission denied")

    monkeypatch.setattr(buckets, "check_bucket", refuse)
    found, code = examine()
    assert found["bucket user-library"]["message"] == "permission denied"
    assert found["bucket workspace-temp"]["level"] == "ok"
    assert code == 1


@pytest.mark.parametrize(
    ("free", "level"), [(10 * 1024**3, "ok"), (1024**3, "warn"), (1024**2, "fail")]
)
def test_a_disk_that_fills_up_is_noticed(worked, monkeypatch, free, level):
    monkeypatch.setattr(checkup.shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    assert examine()[0]["disk"]["level"] == level


def test_people_get_lines(worked):
    out = io.StringIO()
    call_command("doctor", stdout=out, no_color=True)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("ok    database")
    assert len(lines) > 8

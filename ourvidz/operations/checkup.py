"""What `manage.py doctor` looks at. Each check says how it is, and what to do about it."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import av
import django_rq
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.module_loading import import_string
from redis import Redis, RedisError
from rq import Worker
from rq.worker import BaseWorker

from ourvidz import health
from ourvidz.media import buckets
from ourvidz.operations.findings import Finding

SCHEDULE_KEY = "ourvidz:schedule"  # the schedule writes its time here and lets it expire
SILENT_SECONDS = 60
SCARCE_BYTES = 2 * 1024**3
SCARCER_BYTES = 200 * 1024**2


def findings() -> Iterator[Finding]:
    """Every finding, one after the other; none of them raises."""
    yield from _database()
    yield from _redis()
    for bucket in settings.BUCKETS:
        yield _bucket(bucket)
    yield _disk()
    yield _video()
    for path in settings.CHECKUPS:
        yield from import_string(path)()


def _database() -> Iterator[Finding]:
    vendor = connection.vendor
    try:
        health.check_database()
    except Exception as error:
        yield Finding("database", "fail", f"{vendor}: {error}", "Check DATABASE_URL.")
        return
    yield Finding("database", "ok", f"{vendor} answers")
    yield _migrations()
    if vendor == "sqlite":
        yield _write_ahead_log()


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        message = f"{len(plan)} not applied, the first is {plan[0][0]}"
        return Finding("migrations", "fail", message, "Run manage.py prepare.")
    return Finding("migrations", "ok", "all applied")


def _write_ahead_log() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        mode = cursor.fetchone()[0]
    if mode in {"wal", "memory"}:
        return Finding("journal", "ok", f"SQLite in {mode} mode")
    advice = "Put OURVIDZ_VAR on a local disk; network disks cannot do WAL."
    return Finding("journal", "warn", f"SQLite in {mode} mode", advice)


def _redis() -> Iterator[Finding]:
    try:
        health.check_redis()
    except (RedisError, OSError, ValueError) as error:
        advice = "Start bin/run, or set REDIS_URL to a running Redis. Jobs wait in the database."
        yield Finding("redis", "fail", str(error), advice)
        return
    yield Finding("redis", "ok", "answers")
    client = django_rq.get_connection("default")
    yield from _workers(client)
    yield _schedule(client)


def _workers(client: Redis) -> Iterator[Finding]:
    """Of the queues that are no lanes; those of lanes may be on other machines too."""
    workers = Worker.all(connection=client)
    for queue in settings.RQ_QUEUES.keys() - settings.BACKENDS.keys():
        yield _queue(queue, [worker for worker in workers if queue in worker.queue_names()])


def _queue(queue: str, workers: list[BaseWorker]) -> Finding:
    """Workers that were killed stay in Redis for minutes, so their last sign of life counts."""
    name, start = f"worker {queue}", f"Start one: manage.py rqworker {queue}"
    seen = [worker.last_heartbeat for worker in workers if worker.last_heartbeat]
    if not seen:
        return Finding(name, "fail", "none is running", start)
    silent = (timezone.now() - max(seen)).total_seconds()
    if silent > SILENT_SECONDS:
        message = f"silent for {silent:.0f} s: in a long job, or dead"
        return Finding(name, "warn", message, f"If no job runs: {start}")
    return Finding(name, "ok", f"{len(seen)} running")


def _schedule(client: Redis) -> Finding:
    if client.exists(SCHEDULE_KEY):
        return Finding("schedule", "ok", "running")
    advice = "Start it: manage.py schedule"
    return Finding("schedule", "fail", "nothing expires or is queued again", advice)


def _bucket(bucket: str) -> Finding:
    started = time.monotonic()
    try:
        buckets.check_bucket(bucket)
    except (OSError, ValueError) as error:
        return Finding(f"bucket {bucket}", "fail", str(error), "Check STORAGE and its settings.")
    milliseconds = 1000 * (time.monotonic() - started)
    return Finding(f"bucket {bucket}", "ok", f"writes and reads in {milliseconds:.0f} ms")


def _disk() -> Finding:
    free = shutil.disk_usage(Path(settings.VAR)).free
    message = f"{free / 1024**3:.1f} GiB free in {settings.VAR}"
    if free >= SCARCE_BYTES:
        return Finding("disk", "ok", message)
    level: Literal["warn", "fail"] = "warn" if free >= SCARCER_BYTES else "fail"
    return Finding("disk", level, message, "Make room: manage.py cleanup_workspace")


def _video() -> Finding:
    if "libx264" in av.codecs_available:
        return Finding("video", "ok", f"PyAV {av.__version__} encodes H.264")
    return Finding("video", "fail", "PyAV has no x264", "Install av from its wheel.")

"""Secrets stay where they are: not in logs, not in pages, not even in those of DEBUG."""

import os
import subprocess
import sys

import pytest

from tests.source import ROOT

SECRETS = {
    "SECRET_KEY": "a-signing-secret-of-more-than-thirty-two-characters-41",
    "WORKER_KEYS": "worker-secret-new-42,worker-secret-old-43",
    "DATABASE_URL": "postgres://studio:database-secret-44@127.0.0.1:1/studio",
    "REDIS_URL": "redis://:redis-secret-45@127.0.0.1:1/0",
    "S3_ACCESS_KEY": "s3-account-46",
    "S3_SECRET_KEY": "s3-secret-47",
    "CHAT_KEY": "chat-secret-48",
    "WORKER_TOKEN": "token-secret-49",
}
HIDDEN = (
    *("thirty-two", "worker-secret-new-42", "worker-secret-old-43", "database-secret-44"),
    *("redis-secret-45", "s3-account-46", "s3-secret-47", "chat-secret-48", "token-secret-49"),
)
# What is told where nothing works: a debug page with all settings, whether database, Redis and
# buckets answer, and what goes to the log on the way.
TELL = """
import sys
import django
django.setup()
from django.test import Client, RequestFactory
from django.views.debug import technical_500_response
try:
    raise OSError("the cause")
except OSError:
    request = RequestFactory().get("/", HTTP_COOKIE="sessionid=session-secret-50")
    print(technical_500_response(request, *sys.exc_info()).content.decode())
print(Client(headers={"host": "localhost"}).get("/readyz").content.decode())
from generation.queue import _enqueue
_enqueue("sdxl")
"""


def told(*command: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **SECRETS, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_nothing_that_is_told_has_a_secret_in_it(tmp_path):
    studio = {
        "OURVIDZ_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "ourvidz.settings",
        "DEBUG": "on",
        "STORAGE": "s3",
        "S3_ENDPOINT_URL": "http://127.0.0.1:1",
        "CHAT_BACKEND": "generation.backends.openai_chat.OpenAIEnhancer",
    }
    done = told("-c", TELL, **studio)

    said = done.stdout + done.stderr
    assert "the cause" in said
    assert "DATABASE_URL" in said
    assert '"ready": false' in said
    assert "lane sdxl not woken" in said
    assert [word for word in (*HIDDEN, "session-secret-50") if word in said] == []


def test_the_checks_for_deployment_find_nothing(tmp_path):
    studio = {"OURVIDZ_VAR": str(tmp_path), "HTTPS": "on", "ALLOWED_HOSTS": "studio.example"}
    done = told("manage.py", "check", "--deploy", "--fail-level", "WARNING", **studio)

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_a_short_signing_key_stops_the_start(tmp_path):
    done = told("manage.py", "check", SECRET_KEY="changeme", OURVIDZ_VAR=str(tmp_path))

    assert done.returncode != 0
    assert "SECRET_KEY must have at least 32 characters" in done.stderr
    assert "changeme" not in done.stderr.replace("SECRET_KEY", "")


def test_what_is_made_up_is_for_its_owner_alone(tmp_path):
    told("manage.py", "check", SECRET_KEY="", WORKER_KEYS="", OURVIDZ_VAR=str(tmp_path))

    kept = [tmp_path / "secret-key", tmp_path / "worker-key"]
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600, 0o600]
    assert kept[0].read_text() != kept[1].read_text()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_with_its_hashes(name):
    text = (ROOT / name).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]

    assert len(lines) > 20
    assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []

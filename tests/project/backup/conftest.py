"""A studio with a folder and a secret of its own, and an asset to back up."""

import os
from pathlib import Path

import pytest
from django.db import connection

from library.models import LibraryAsset
from tests import postgres
from tests.media.conftest import s3_buckets, s3_server  # noqa: F401 - fixtures
from tests.project.backup.stock import kept


@pytest.fixture(autouse=True)
def var(settings, tmp_path, monkeypatch) -> Path:
    """The studio's own folder, with a secret; PostgreSQL's programs are on PATH."""
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()
    (settings.VAR / "secret-key").write_text("a secret that nobody knows")
    if connection.vendor == "postgresql":
        monkeypatch.setenv("PATH", f"{postgres.programs()}{os.pathsep}{os.environ['PATH']}")
    return settings.VAR


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "backup"


@pytest.fixture
def asset(creator) -> LibraryAsset:
    return kept(creator)

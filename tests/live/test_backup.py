"""A backup, a loss and a restore, by the two commands of docs/operations.md."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.live.processes import ROOT, Studio

pytestmark = pytest.mark.live

STOCK = "from tests.live.stocking import stock; stock()"
LATER = """
from django.db import connection
from tests.live.stocking import stock
stock("later")
connection.cursor().execute("CREATE TABLE later (owner bigint REFERENCES accounts_user(id))")
"""
NOTHING = "Found nothing wrong; mended 0.\n"


@pytest.fixture
def database_url(request) -> Iterator[str]:
    """That of a fresh PostgreSQL, or '' for SQLite in the studio's folder."""
    if request.param == "sqlite":
        yield ""
    elif postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed")
    else:
        with postgres.postgres() as url:
            yield url


@pytest.fixture
def studio(tmp_path, database_url) -> Iterator[Studio]:
    """With somebody's job, staged assets, library and collection in it."""
    path = f"{postgres.programs()}{os.pathsep}{os.environ['PATH']}"
    studio = Studio(tmp_path / "var", database_url=database_url, PATH=path)
    studio.start_redis()
    studio.manage("migrate", "--verbosity", "0")
    studio.manage("shell", "--verbosity", "0", "-c", STOCK)
    yield studio
    studio.stop()


def command(section: str, studio: Studio) -> list[str]:
    """The one of a section, with a folder beside that of the studio."""
    page = (ROOT / "docs" / "operations.md").read_text()
    text = re.search(rf"^## {section}\n(.*?)^## ", page, re.MULTILINE | re.DOTALL)[1]
    [line] = re.findall(r"^    manage\.py (\S.*)$", text, re.MULTILINE)
    folder = str(studio.folder.parent / "backup")
    return [folder if word == "/srv/backup" else word for word in line.split()]


def rows(studio: Studio) -> list:
    return json.loads(studio.manage("dumpdata", "--exclude", "django_rq"))  # it has no table


def files(studio: Studio) -> dict[Path, bytes]:
    found = (studio.folder / "media").rglob("*")
    return {path: path.read_bytes() for path in found if path.is_file()}


def lose_everything(studio: Studio) -> None:
    shutil.rmtree(studio.folder)
    if not studio.database_url.startswith("sqlite"):
        with psycopg.connect(studio.database_url) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_everything_comes_back(studio, database_url):
    rows_before, files_before = rows(studio), files(studio)
    key = (studio.folder / "secret-key").read_text()
    kinds = {row["model"] for row in rows_before}
    assert kinds >= {
        "accounts.user",
        "collections.membership",
        "generation.job",
        "library.hourcount",
        "library.libraryasset",
        "workspace.workspaceasset",
    }
    assert len(files_before) > 5

    said = studio.manage(*command("Backing up", studio))
    assert f"{len(files_before)} files" in said
    studio.end(studio.processes.pop())
    lose_everything(studio)
    said = studio.manage(*command("Restoring", studio))
    assert f"{len(files_before)} files" in said
    studio.start_redis()

    assert rows(studio) == rows_before
    assert files(studio) == files_before
    assert (studio.folder / "secret-key").read_text() == key
    assert studio.manage("reconcile_storage") == NOTHING

    # Over a studio that went on meanwhile, with a table of a later version.
    studio.manage("shell", "--verbosity", "0", "-c", LATER)
    studio.manage(*command("Restoring", studio), "--replace")
    assert rows(studio) == rows_before

    # And what says so would find anything that had not come back.
    kept = (path for path in files_before if "user-library" in path.parts)
    next(path for path in kept if path.suffix == ".png").unlink()
    assert studio.manage("reconcile_storage").startswith("missing: user-library/")

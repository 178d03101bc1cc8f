"""A backup, a loss and a restore, by the very commands of docs/operations.md."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.live.processes import ROOT, Studio

pytestmark = pytest.mark.live

STOCK = "from tests.live.stocking import stock; stock()"


@pytest.fixture
def database_url(request) -> Iterator[str]:
    """That of a fresh PostgreSQL, or '' for SQLite in the studio's folder."""
    if request.param == "sqlite":
        if not shutil.which("sqlite3"):
            pytest.skip("sqlite3 is not installed")
        yield ""
    elif postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed")
    else:
        with postgres.postgres() as url:
            yield url


@pytest.fixture
def studio(tmp_path, database_url) -> Iterator[Studio]:
    """With somebody's job, staged assets, library and collection in it."""
    studio = Studio(tmp_path / "var", database_url=database_url)
    studio.start_redis()
    studio.manage("migrate", "--verbosity", "0")
    studio.manage("shell", "--verbosity", "0", "-c", STOCK)
    yield studio
    studio.stop()


def commands(section: str, database_url: str) -> str:
    """The lines of a section that are for this database, as a script."""
    page = (ROOT / "docs" / "operations.md").read_text()
    text = re.search(rf"^## {section}\n(.*?)^## ", page, re.MULTILINE | re.DOTALL)[1]
    lines = re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    others = "sqlite3" if database_url else "pg_"
    return "\n".join(line for line in lines if others not in line)


def run(studio: Studio, script: str) -> None:
    """In the folder where `var` lies; the first command that fails ends it."""
    path = f"{postgres.programs()}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=studio.folder.parent,
        env=studio.environment | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


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

    run(studio, commands("Backing up", database_url))
    studio.end(studio.processes.pop())
    lose_everything(studio)
    run(studio, commands("Restoring", database_url))
    studio.start_redis()
    studio.prepare()

    assert rows(studio) == rows_before
    assert files(studio) == files_before
    assert (studio.folder / "secret-key").read_text() == key
    assert studio.manage("reconcile_storage") == "Found nothing wrong; mended 0.\n"

    # And what says so would find anything that had not come back.
    next((studio.folder / "media" / "user-library").rglob("*.png")).unlink()
    assert studio.manage("reconcile_storage").startswith("missing: user-library/")

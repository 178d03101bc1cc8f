"""A studio of real processes for each test of this folder."""

import pytest

from tests.live.processes import Studio


def pytest_collection_modifyitems(items) -> None:
    """First, so that what mostly waits is done beside the browser tests, not alone at the end."""
    items.sort(key=lambda item: "tests/live" not in str(item.path))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A folder with a migrated, empty database, made once and copied for each test."""
    studio = Studio(tmp_path_factory.mktemp("prepared"))
    studio.manage("migrate", "--verbosity", "0")
    return studio.folder / "ourvidz.sqlite3"


@pytest.fixture
def folder(prepared, tmp_path):
    """A studio's folder, with an empty database in it."""
    folder = tmp_path / "studio"
    folder.mkdir()
    (folder / "ourvidz.sqlite3").write_bytes(prepared.read_bytes())
    return folder


@pytest.fixture
def studio(folder):
    """Redis and database are there; the test starts what else it needs."""
    studio = Studio(
        folder,
        LEASE_SECONDS="5",
        SDXL_BACKEND="tests.live.backends.PacedBackend",
        WAN_BACKEND="tests.live.backends.PacedBackend",
    )
    studio.start_redis()
    yield studio
    studio.stop()

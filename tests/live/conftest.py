"""A studio of real processes for each test of this folder."""

import pytest

from tests.live.processes import Studio


def pytest_collection_modifyitems(items) -> None:
    """First, so that what mostly waits is done beside the browser tests, not alone at the end."""
    items.sort(key=lambda item: "tests/live" not in str(item.path))


@pytest.fixture
def folder(run_folder, tmp_path):
    """A studio's folder, with an empty database in it."""
    folder = tmp_path / "studio"
    Studio(folder).prepare(run_folder)
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

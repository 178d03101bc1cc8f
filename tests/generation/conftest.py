"""Workers: inside the test's own process and transaction, and on another machine."""

import pytest

from ourvidz.stopping import stopping
from tests.generation.remote_calls import Caller


@pytest.fixture
def worker(db) -> Caller:
    """One on another machine, with a token of its own."""
    return Caller()


@pytest.fixture
def serve(monkeypatch):
    """`serve(backend)`: the backend that does the work of every lane from then on."""
    # The test's transaction lives in the connection that a worker closes between jobs.
    monkeypatch.setattr("generation.worker.close_old_connections", lambda: None)
    monkeypatch.setattr("generation.patience.connections.close_all", lambda: None)

    def use(backend):
        monkeypatch.setattr("generation.worker.backend_for", lambda model: backend)
        monkeypatch.setattr("generation.improving.enhancer_for", lambda model: backend)
        return backend

    yield use
    stopping.clear()

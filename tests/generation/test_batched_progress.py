"""Progress of outputs that are made together: it rises, and each has its own preview."""

from threading import Event
from types import SimpleNamespace

import pytest
from PIL import Image

from generation import transitions
from generation.reporting import JobReporter
from tests.factories import make_job

PREVIEW = Image.new("RGB", (64, 36))


@pytest.fixture
def written(monkeypatch) -> list[dict]:
    """What is stored, in order."""
    stored: list[dict] = []

    def report_progress(job, progress, previews):
        stored.append({**progress, "previews": set(previews)})
        return True

    monkeypatch.setattr(transitions, "report_progress", report_progress)
    monkeypatch.setattr(transitions, "holds", lambda job: True)
    return stored


@pytest.fixture
def reporter(creator, written):
    job = make_job(creator, count=3)
    return JobReporter(job, (0, 1, 2), SimpleNamespace(lost=Event()))


def test_percent_never_falls_while_a_batch_is_made(reporter, written, monkeypatch):
    monkeypatch.setattr("generation.progress.WRITES_PER_SECOND", 1_000_000)
    for step in range(1, 11):
        for index in (0, 1, 2):
            reporter.step(index, step, 10)
    percent = [progress["percent"] for progress in written]
    assert percent == sorted(percent)
    assert (percent[0], percent[-1]) == (3, 100)


def test_every_output_of_a_batch_gets_its_preview_although_few_are_written(reporter, written):
    for step in (1, 2, 10):
        for index in (0, 1, 2):
            reporter.step(index, step, 10, PREVIEW)
    assert written[0]["previews"] == {"0"}
    assert written[-1]["previews"] == {"0", "1", "2"}
    assert len(written) == 4  # the first step of the first, and the last of each


def test_what_is_stored_has_no_preview_any_more(reporter, written):
    for index in (0, 1, 2):
        reporter.step(index, 1, 10, PREVIEW)
    reporter.landed(1)
    reporter.step(2, 10, 10)
    assert "1" not in written[-1]["previews"]

"""What lands in staging is what was rendered, with its small files."""

import errno

import pytest

from generation import patience, storing
from generation.backends.base import Cancelled
from generation.patience import insist
from generation.reasons import DISK_FULL
from ourvidz.media import buckets
from ourvidz.stopping import stopping
from tests.factories import make_job, picture_bytes


class Waits:
    """A stand-in for `stopping.wait` that keeps count of the seconds."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> bool:
        self.seconds.append(seconds)
        return False


@pytest.fixture
def waits(monkeypatch) -> Waits:
    counted = Waits()
    monkeypatch.setattr(stopping, "wait", counted)
    monkeypatch.setattr(patience.connections, "close_all", lambda: None)
    return counted


def failing(times: int, error: Exception):
    """A function that raises `error` so many times, then returns "done"."""
    left = [error] * times

    def do():
        if left:
            raise left.pop()
        return "done"

    return do


class TestPatience:
    def test_pauses_grow(self, waits):
        assert insist(failing(5, OSError("away")), "storing", lambda: None) == "done"
        assert waits.seconds == [1, 2, 4, 8, 15]

    def test_it_lasts_ten_minutes(self, waits):
        with pytest.raises(OSError, match="away"):
            insist(failing(10_000, OSError("away")), "storing", lambda: None)
        assert 600 <= sum(waits.seconds) <= 615

    def test_a_full_disk_is_not_waited_for(self, waits):
        full = OSError(errno.ENOSPC, "No space left on device")
        with pytest.raises(OSError, match="No space"):
            insist(failing(1, full), "storing", lambda: None)
        assert waits.seconds == []

    def test_a_cancelled_job_ends_it(self, waits):
        def cancelled():
            raise Cancelled

        with pytest.raises(Cancelled):
            insist(failing(9, OSError("away")), "storing", cancelled)
        assert len(waits.seconds) == 1


class Reporter:
    """Of a job that nobody cancels, with a store that is never away."""

    def go_on_or_raise(self) -> None:
        raise AssertionError("it was asked again")


@pytest.mark.django_db
class TestStoring:
    def test_a_file_that_failed_leaves_nothing_under_its_name(self, creator, tmp_path, monkeypatch):
        path = tmp_path / "0.png"
        path.write_bytes(picture_bytes())
        job = make_job(creator)

        def full(*arguments):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("os.replace", full)
        with pytest.raises(storing.StorageError) as raised:
            storing.store_media(job, 0, path, Reporter())
        monkeypatch.undo()
        assert (str(raised.value), raised.value.retry) == (DISK_FULL, True)
        assert list(buckets.each_key("workspace-temp")) == []

    def test_the_columns_are_those_of_the_file(self, creator, tmp_path):
        path = tmp_path / "0.png"
        path.write_bytes(picture_bytes(90, 60))
        job = make_job(creator)

        columns = storing.store_media(job, 0, path, Reporter())
        stem = f"{creator.pk}/{job.pk}/0"
        assert columns["key"] == f"{stem}.png"
        assert (columns["width"], columns["height"]) == (90, 60)
        assert columns["bytes"] == buckets.size("workspace-temp", columns["key"])
        assert sorted(buckets.each_key("workspace-temp")) == [f"{stem}.png", f"{stem}.thumb.webp"]

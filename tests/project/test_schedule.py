"""Housekeeping runs by itself, one slow or broken command delaying no other."""

import threading
import time

import pytest
from django.conf import settings
from django.core.management import get_commands

from ourvidz.operations import schedule
from ourvidz.operations.schedule import Entry, Schedule


@pytest.fixture
def run(monkeypatch):
    """What the schedule called, in place of real commands."""
    calls: list[tuple] = []
    monkeypatch.setattr(schedule, "call_command", lambda *line: calls.append(line))
    monkeypatch.setattr(schedule.connections, "close_all", lambda: None)
    return calls


def settle(entry: Entry) -> None:
    if entry.thread:
        entry.thread.join(5)


def test_every_line_is_a_command_of_ours():
    for line, seconds in settings.SCHEDULE:
        assert line.split()[0] in get_commands()
        assert seconds > 0


def test_lost_jobs_are_looked_for_at_least_every_ten_seconds():
    assert dict(settings.SCHEDULE)["requeue_lost_jobs"] <= 10


def test_a_line_runs_when_it_is_due_and_not_before(run):
    entry = Entry("reconcile_storage --mend", 0.05)
    entry.start_if_due()
    assert run == []
    time.sleep(0.06)
    entry.start_if_due()
    settle(entry)
    assert run == [("reconcile_storage", "--mend")]


def test_even_a_daily_line_runs_soon_after_the_start():
    entry = Entry("reconcile_storage", 24 * 3600)
    assert entry.due_at - time.monotonic() <= 60


def test_a_slow_command_is_not_started_twice_and_holds_up_no_other(monkeypatch, run):
    gate = threading.Event()

    def call(name):
        run.append(name)
        if name == "slow":
            gate.wait(5)

    monkeypatch.setattr(schedule, "call_command", call)
    both = Schedule([("slow", 0), ("quick", 0)])
    for _ in range(3):
        both.tick()
        settle(both.entries[1])
    gate.set()
    settle(both.entries[0])
    assert run.count("slow") == 1
    assert run.count("quick") == 3


def test_a_command_that_fails_is_logged_and_comes_again(monkeypatch, caplog):
    def broken(*line):
        raise ZeroDivisionError

    monkeypatch.setattr(schedule, "call_command", broken)
    monkeypatch.setattr(schedule.connections, "close_all", lambda: None)
    entry = Entry("requeue_lost_jobs", 0)
    for _ in range(2):
        entry.start_if_due()
        settle(entry)
    assert caplog.text.count("requeue_lost_jobs failed") == 2

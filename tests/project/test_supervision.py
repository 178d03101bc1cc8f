"""Processes that are kept running."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from ourvidz import supervision
from ourvidz.supervision import Supervised, Supervisor, procfile
from tests.source import ROOT

TURNS = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf')\n"


@pytest.fixture
def supervisor(tmp_path, monkeypatch):
    """A supervisor that restarts after a twentieth of a second, and leaves nothing behind."""
    monkeypatch.setattr(supervision, "FIRST_PAUSE", 0.05)
    supervisor = Supervisor()
    yield supervisor
    supervisor.end(supervisor.processes, 0)


def add(supervisor, folder, code, name="worker") -> Supervised:
    process = Supervised(name, [sys.executable, "-uc", code], folder, dict(os.environ))
    supervisor.add(process)
    return process


def tick_until(supervisor, condition, seconds=10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        supervisor.tick(0.02)


def test_the_procfile_names_what_the_studio_needs():
    commands = dict(procfile(ROOT / "Procfile"))
    assert list(commands) == ["web", "sdxl", "wan", "chat", "schedule"]
    assert "rqworker sdxl" in commands["sdxl"]


def test_comments_and_empty_lines_are_no_processes(tmp_path):
    (tmp_path / "Procfile").write_text("# first\n\nweb: serve --at a:80\n  worker : work\n")
    assert procfile(tmp_path / "Procfile") == [("web", "serve --at a:80"), ("worker", "work")]


def test_lines_carry_the_name_of_their_process(supervisor, tmp_path, capfd):
    add(supervisor, tmp_path, "print('one\\ntwo'); import time; time.sleep(60)", name="wan")
    tick_until(supervisor, lambda: "two" in capfd.readouterr().out or supervisor.tick(0.1))


def test_output_in_pieces_becomes_whole_lines(tmp_path, capsys):
    reading, writing = os.pipe()
    output = supervision.Output("web", os.fdopen(reading, "rb"))
    for piece, expected in ((b"one\ntw", ["     web | one"]), (b"o\n", ["     web | two"])):
        os.write(writing, piece)
        assert output.pass_on()
        assert capsys.readouterr().out.splitlines() == expected
    os.write(writing, b"rest")
    os.close(writing)
    assert output.pass_on()
    assert not output.pass_on()
    assert capsys.readouterr().out.splitlines() == ["     web | rest"]
    output.pipe.close()


def test_a_killed_process_comes_back(supervisor, tmp_path):
    process = add(supervisor, tmp_path, "import time; time.sleep(60)")
    first = process.process.pid
    process.signal(signal.SIGKILL)
    tick_until(supervisor, lambda: process.is_running and process.process.pid != first)


def test_pauses_grow_while_it_keeps_dying(supervisor, tmp_path):
    process = add(supervisor, tmp_path, "raise SystemExit(3)")
    tick_until(supervisor, lambda: process.pause >= 0.4)


def test_a_process_that_lived_long_is_started_at_once(supervisor, tmp_path):
    process = add(supervisor, tmp_path, "raise SystemExit(3)")
    process.pause, process.started_at = 20.0, time.monotonic() - 100
    tick_until(supervisor, lambda: process.pause < 1)


def test_the_end_takes_grandchildren_along(supervisor, tmp_path):
    code = (
        "import subprocess, sys, time, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "pathlib.Path('pid').write_text(str(child.pid)); time.sleep(60)"
    )
    add(supervisor, tmp_path, code)
    tick_until(supervisor, lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    supervisor.end(supervisor.processes, 5)
    assert wait_until_gone(int((tmp_path / "pid").read_text()))


def wait_until_gone(pid: int, seconds: float = 5) -> bool:
    """Whether the process ended in time. Without an init, a dead one may stay as a zombie."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if is_zombie(Path(f"/proc/{pid}/stat")):
            return True
        time.sleep(0.05)
    return False


def is_zombie(stat: Path) -> bool:
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_process_that_does_not_listen_is_killed(supervisor, tmp_path, capfd):
    process = add(supervisor, tmp_path, TURNS + "time.sleep(60)")
    tick_until(supervisor, lambda: "deaf" in capfd.readouterr().out)
    started = time.monotonic()
    supervisor.end(supervisor.processes, 0.3)
    assert process.process.wait(timeout=5) == -signal.SIGKILL
    assert time.monotonic() - started < 3


def test_a_closed_terminal_stops_nothing(monkeypatch):
    class Closed:
        def write(self, text: str) -> int:
            raise OSError("closed")

        def flush(self) -> None:
            raise OSError("closed")

    monkeypatch.setattr(sys, "stdout", Closed())
    supervision.say("web", "one")
    supervision.say("web", "two")

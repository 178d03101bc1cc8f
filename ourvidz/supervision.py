"""Processes that are kept running, and their output on one terminal."""

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO

FIRST_PAUSE = 0.5  # seconds until a process that died is started again; doubles each time
LONGEST_PAUSE = 30.0

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def procfile(path: Path) -> list[tuple[str, str]]:
    """Name and shell command of each line `name: command`."""
    lines = (line.strip() for line in path.read_text().splitlines())
    pairs = (line.partition(":") for line in lines if line and not line.startswith("#"))
    return [(name.strip(), command.strip()) for name, _, command in pairs]


def say(name: str, line: str) -> None:
    """One line of a process, with its name in front."""
    try:
        print(f"{name:>8} | {line}", flush=True)  # noqa: T201 - this is a terminal program
    except OSError:  # the terminal was closed; there is still work to end
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - as long as the program


def _end_with_parent() -> None:
    """Runs in a new child: have Linux end it should its parent be killed outright."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Output:
    """What a process writes, read in whole lines."""

    def __init__(self, name: str, pipe: IO[bytes]) -> None:
        self.name, self.pipe = name, pipe
        self.rest = b""

    def pass_on(self) -> bool:
        """Say what is there to read; False at the end."""
        data = os.read(self.pipe.fileno(), 65536)
        *lines, self.rest = (self.rest + data).split(b"\n")
        if not data and self.rest:
            lines.append(self.rest)
        for line in lines:
            say(self.name, line.decode(errors="replace").rstrip())
        return bool(data)


class Supervised:
    """One process that is started again, after a growing pause, whenever it ends."""

    def __init__(self, name: str, command: list[str], folder: Path, environment: dict) -> None:
        self.name, self.command = name, command
        self.folder, self.environment = folder, environment
        self.process: subprocess.Popen[bytes] | None = None
        self.pause = FIRST_PAUSE
        self.started_at = self.due_at = 0.0

    def start(self) -> Output:
        """Start it in a process group of its own."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - commands of the Procfile
            self.command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - the supervisor has no threads
        )
        assert self.process.stdout is not None
        return Output(self.name, self.process.stdout)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def plan_restart(self) -> None:
        """Note when a process that ended is due again."""
        assert self.process is not None
        lived = time.monotonic() - self.started_at
        self.pause = FIRST_PAUSE if lived > LONGEST_PAUSE else min(self.pause * 2, LONGEST_PAUSE)
        self.due_at = time.monotonic() + self.pause
        say(self.name, f"ended ({self.process.returncode}); starts again in {self.pause:g} s")
        self.process = None

    def signal(self, number: int) -> None:
        """Send a signal to the process and all that it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


class Supervisor:
    """Several processes in one loop. It has no threads, so that forking is safe."""

    def __init__(self) -> None:
        self.processes: list[Supervised] = []
        self.selector = selectors.DefaultSelector()

    def add(self, process: Supervised) -> None:
        self.processes.append(process)
        self._start(process)

    def _start(self, process: Supervised) -> None:
        output = process.start()
        self.selector.register(output.pipe, selectors.EVENT_READ, output)

    def tick(self, seconds: float) -> None:
        """Pass on output for up to `seconds`, then start again what has ended."""
        self._pass_on_output(seconds)
        for process in self.processes:
            if process.is_running:
                continue
            if process.process is not None:
                process.plan_restart()
            elif time.monotonic() >= process.due_at:
                self._start(process)

    def _pass_on_output(self, seconds: float) -> None:
        for key, _ in self.selector.select(seconds):
            output: Output = key.data
            if not output.pass_on():
                self.selector.unregister(output.pipe)
                output.pipe.close()

    def end(self, processes: Iterable[Supervised], grace: float) -> None:
        """Ask `processes` to end; after `grace` seconds end whatever is left of them."""
        processes = list(processes)
        for process in processes:
            process.signal(signal.SIGTERM)
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline and any(process.is_running for process in processes):
            self._pass_on_output(0.05)
        for process in processes:
            process.signal(signal.SIGKILL)
        self._pass_on_output(0)

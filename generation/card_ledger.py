"""What the processes of one machine have on one card, and the line of those who want to load.

It is a file, so that a worker needs neither database nor Redis for it. Every look at it and every
change is made under a lock for milliseconds. A process keeps a lock on a file of its own for as
long as it lives, so the kernel says who is gone, however it ended; what it had counts no more.
"""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

# Since when, and whether it lets others pass, all but those `after` it.
NOT_IN_LINE: dict[str, Any] = {"waits": None, "turn": False, "aside": False, "after": []}


@dataclass(frozen=True)
class Held:
    """A model in the memory of `holder`: what it takes now and at work, in GB (2**30 bytes).

    `used_at` is in seconds of the wall clock; `busy` says that a job is being done with it.
    """

    holder: str
    name: str
    lane: str
    gb: float
    needs: float
    used_at: float
    busy: bool


class CardLedger:
    """The ledger in `folder` as one process sees it and writes in it."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.folder, self._clock = folder, clock
        self.holder = f"{os.getpid()}-{secrets.token_hex(4)}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.getuid():
            raise PermissionError(f"{folder} is not ours; set MEMORY_LEDGER to another folder.")
        self._sign_of_life = self._locked(self._life_of(self.holder))

    def tell(self, held: list[Held]) -> None:
        """What this process has now."""
        with self._open() as ledger:
            mine = self._entry(ledger)
            mine["held"] = [asdict(one) for one in held]
            names = {one.name for one in held}
            mine["asked"] = [name for name in mine["asked"] if name in names]

    def others(self) -> list[Held]:
        """What the other processes have."""
        with self._open() as ledger:
            entries = [entry for holder, entry in ledger.items() if holder != self.holder]
        return [Held(**one) for entry in entries for one in entry["held"]]

    def ask(self, held: Held) -> None:
        """Ask its holder to unload it as soon as no job is done with it."""
        with self._open() as ledger:
            entry = ledger.get(held.holder)
            if entry and held.name not in entry["asked"]:
                entry["asked"].append(held.name)

    def asked(self) -> list[str]:
        """The models that others asked this process to unload."""
        with self._open() as ledger:
            return list(self._entry(ledger)["asked"])

    def stand_in_line(self) -> None:
        """Wait to load, behind those who wait already; nothing changes for one who does."""
        with self._open() as ledger:
            mine = self._entry(ledger)
            if mine["waits"] is None:
                mine["waits"] = max([self._clock(), *_waits(ledger.values())]) + 1e-6

    def take_turn(self) -> bool:
        """Whether it is this process's turn to make room and load; the others do not meanwhile."""
        with self._open() as ledger:
            mine = self._entry(ledger)
            if mine["waits"] is None:
                return False
            rest = [entry for holder, entry in ledger.items() if holder != self.holder]
            before = [entry for entry in rest if (entry["waits"] or mine["waits"]) < mine["waits"]]
            mine["turn"] = not any(entry["turn"] for entry in rest) and all(
                entry["aside"] and self.holder not in entry["after"] for entry in before
            )
            return mine["turn"]

    def stand_aside(self, holder: str) -> None:
        """Let others pass while a job of `holder` is waited for, but not that one again.

        So a short wait is not as long as a long job; and as each that was waited for stays
        behind, there is an end to it.
        """
        with self._open() as ledger:
            mine = self._entry(ledger)
            mine.update(aside=True, turn=False, after=sorted({*mine["after"], holder}))

    def come_back(self) -> None:
        """Stand in line again, where it stood."""
        with self._open() as ledger:
            self._entry(ledger)["aside"] = False

    def leave_line(self) -> None:
        with self._open() as ledger:
            self._entry(ledger).update(NOT_IN_LINE)

    def close(self) -> None:
        """As if the process had ended."""
        self._sign_of_life.close()

    @contextmanager
    def _open(self) -> Iterator[dict[str, Any]]:
        """The entries of those who live, by holder; they are written when the block ends."""
        path = self.folder / "ledger.json"
        with self._locked(self.folder / "ledger.lock"):
            known: dict[str, Any] = {}
            with suppress(FileNotFoundError, ValueError):  # the first, or the disk was full
                known = json.loads(path.read_text())
            entries = {holder: entry for holder, entry in known.items() if self._lives(holder)}
            before = json.dumps(known)
            yield entries
            if (after := json.dumps(entries)) != before:
                draft = path.with_suffix(".draft")
                draft.write_text(after)
                draft.replace(path)

    def _entry(self, ledger: dict[str, Any]) -> dict[str, Any]:
        return ledger.setdefault(self.holder, {"held": [], "asked": [], **NOT_IN_LINE})

    def _lives(self, holder: str) -> bool:
        """Whether its process still has its lock; what a dead one left is tidied away."""
        if holder == self.holder:
            return True
        try:
            with self._life_of(holder).open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        self._life_of(holder).unlink(missing_ok=True)
        return False

    def _life_of(self, holder: str) -> Path:
        return self.folder / f"{holder}.alive"

    @staticmethod
    def _locked(path: Path) -> IO[bytes]:
        """The file at `path`, with its lock until it is closed."""
        file = path.open("ab")
        fcntl.flock(file, fcntl.LOCK_EX)
        return file


def _waits(entries) -> list[float]:
    return [entry["waits"] for entry in entries if entry["waits"] is not None]

"""A card of 48 GB in a file, and workers of it: `python -m tests.live.card FOLDER LANE JOBS`.

Prints the most that was taken of the card whenever this process loaded.
"""

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NEEDS = {"sdxl": 10.0, "chat": 15.0, "wan": 30.0}
CARD = 48.0


@contextmanager
def card(folder: Path) -> Iterator[dict[str, float]]:
    """GB taken by process id; those of a dead one are given back, as by a driver."""
    path = folder / "card.json"
    with (folder / "card.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        taken = json.loads(path.read_text()) if path.exists() else {}
        living = {pid: gb for pid, gb in taken.items() if Path(f"/proc/{pid}/stat").exists()}
        yield living
        path.write_text(json.dumps(living))


class FileMemory:
    """The card as `Memory` shows it."""

    device = "card"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def total(self) -> float:
        return CARD

    def free(self) -> float:
        with card(self.folder) as taken:
            return CARD - sum(taken.values())

    def used(self) -> float:
        with card(self.folder) as taken:
            return taken.get(str(os.getpid()), 0.0)

    def begin(self) -> None:
        """Nothing is needed beyond what is said."""

    def peak(self) -> float:
        return self.used()


def main(folder: Path, lane: str, jobs: int) -> None:
    import django

    django.setup()
    from generation.backends.base import Loadable, Silent
    from generation.card_ledger import CardLedger
    from generation.model_spec import ModelSpec
    from generation.residency import Residency

    class Model(Loadable):
        memory_gb = NEEDS[lane]
        most = 0.0

        def load(self, model, reporter) -> None:
            time.sleep(0.05)
            with card(folder) as taken:
                taken[str(os.getpid())] = self.memory_gb
                self.most = max(self.most, sum(taken.values()))

        def unload(self) -> None:
            with card(folder) as taken:
                taken.pop(str(os.getpid()), None)

    model, spec = Model(), ModelSpec(lane, lane.upper(), lane)
    residency = Residency(
        lambda: FileMemory(folder), ledger=lambda _: CardLedger(folder / "ledger")
    )
    for number in range(jobs):
        with residency.holding(spec, model, Silent()):
            print(f"job {number}", flush=True)  # noqa: T201
            time.sleep(float(os.environ.get("PACE", "0.05")))
    print(f"most {model.most}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))

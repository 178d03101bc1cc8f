"""What this process tells of itself, and the thread that tells it where there is a database."""

import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

from django.db import connections

from generation import workers
from generation.abilities import runnable
from generation.models import Worker
from generation.patience import DATABASE_AWAY
from ourvidz import VERSION

logger = logging.getLogger(__name__)

BEAT_SECONDS = 15
_STATM = Path("/proc/self/statm")


@dataclass
class Doing:
    """What the process has in memory and in hand; the worker keeps it true."""

    loaded_model: str = ""
    last_job: UUID | None = None


doing = Doing()


def memory_bytes() -> int | None:
    """What this process holds on the graphics card if it uses one, else of the machine's memory.

    None where neither can be known.
    """
    torch = sys.modules.get("torch")  # never imported for this
    if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized():
        return int(torch.cuda.memory_reserved())
    if not _STATM.exists():
        return None
    pages = int(_STATM.read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class Presence:
    """Tells of this process every few seconds while the `with` block runs, and that it left."""

    def __init__(self, name: str, lanes: Sequence[str]) -> None:
        self.name, self.lanes = name, sorted(lanes)
        self._done = Event()
        self._thread = Thread(target=self._beat, name=f"presence of {name}", daemon=True)

    def __enter__(self) -> "Presence":
        self._thread.start()
        return self

    def __exit__(self, *exc_info) -> None:
        self._done.set()
        self._thread.join(timeout=5)

    def _beat(self) -> None:
        while True:
            self._try(self._tell)
            if self._done.wait(BEAT_SECONDS):
                break
        self._try(lambda: workers.leave(self.name))

    def _tell(self) -> None:
        workers.note(
            self.name,
            Worker.Kind.LOCAL,
            lanes=self.lanes,
            models=runnable(self.lanes),
            loaded_model=doing.loaded_model,
            last_job=doing.last_job,
            memory_bytes=memory_bytes(),
            version=VERSION,
        )

    def _try(self, do) -> None:
        try:
            do()
        except DATABASE_AWAY as error:
            logger.warning("worker %s is not seen: %s", self.name, error)
        finally:
            connections.close_all()

"""The thread that tells what this process has in hand, where there is a database."""

import logging
from collections.abc import Sequence
from threading import Event, Thread

from django.db import connections

from generation import workers
from generation.abilities import runnable, words
from generation.doing import doing, memory_bytes
from generation.models import Worker
from generation.patience import DATABASE_AWAY
from ourvidz import VERSION

logger = logging.getLogger(__name__)

BEAT_SECONDS = 15


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
            words=words(self.lanes),
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

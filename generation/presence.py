"""The thread that tells what this process has in hand, where there is a database."""

from collections.abc import Sequence

from generation import workers
from generation.abilities import runnable, words
from generation.doing import doing, memory_bytes
from generation.heartbeat import Heartbeat
from generation.models import Worker
from generation.patience import unless_away
from ourvidz import VERSION

BEAT_SECONDS = 15


class Presence(Heartbeat):
    """Tells of this process every few seconds, and in the end that it left."""

    def __init__(self, name: str, lanes: Sequence[str]) -> None:
        super().__init__(f"presence of {name}")
        self.name, self.lanes = name, sorted(lanes)

    def beat(self) -> float:
        with unless_away(f"worker {self.name} is not seen"):
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
        return BEAT_SECONDS

    def leave(self) -> None:
        with unless_away(f"worker {self.name} is still seen"):
            workers.leave(self.name)

"""The models that this process has in memory, and which of them has to go for another one.

What fits is measured, not assumed: FACTS' figures count until a model was loaded once. Processes
on one card share it by a ledger: one at a time makes room and loads, in the order of asking, and
what has to go may be another one's, which gives it up as soon as no job is done with it.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, RLock, Thread

from django.conf import settings

from generation.backends.base import (
    Cancelled,
    Loadable,
    OutOfMemory,
    ProcessBroken,
    Reporter,
    Silent,
)
from generation.card_ledger import CardLedger, Held
from generation.loading import Task
from generation.memory import Memory, measured
from generation.model_spec import ModelSpec
from generation.neighbours import Neighbours
from generation.resident import Resident, Residents, rank, unload

logger = logging.getLogger(__name__)

SLOW_LOAD = (
    "The worker could not load {label} within {seconds} seconds. It starts anew; if this happens "
    "always, the studio's operator raises MODEL_LOAD_SECONDS."
)
SLOW_FETCH = "The worker has been downloading a model for six hours and gave up. Try again."
FETCH_SECONDS = 6 * 3600
LISTEN_SECONDS = 0.5


class Residency:
    """One for each process. A backend that keeps nothing in memory is left alone.

    `ledger` makes that of a device, for which others on it are asked to make room; without one
    this process is taken to be alone.
    """

    def __init__(
        self,
        memory: Callable[[], Memory] = measured,
        clock: Callable[[], float] = time.time,
        ledger: Callable[[str], CardLedger] | None = None,
    ) -> None:
        self._memory = memory
        self._neighbours = Neighbours(ledger, self._give_up_asked)
        self._mutex = RLock()  # not held while a job is done: others may be asked to leave then
        self._busy = ""
        self._given_up = 0.0  # GB, while the job that goes on is done
        self._closed = Event()
        self._broken: ProcessBroken | None = None
        self._residents = Residents(clock)
        self._pending: tuple[str, Task, float] | None = None  # and GB used before it began

    def names(self) -> frozenset[str]:
        """The models that are in memory."""
        return frozenset(self._residents.gigabytes())

    def gigabytes(self) -> dict[str, float]:
        """What each of them takes."""
        return self._residents.gigabytes()

    @contextmanager
    def holding(self, model: ModelSpec, backend: Loadable, reporter: Reporter) -> Iterator[None]:
        """Have `model` in memory for the block. BackendError says why it cannot be."""
        reporter.loading()
        if not backend.memory_gb:
            backend.load(model.name, reporter)
            yield
            return
        memory = self._memory()
        self._join(memory)
        with self._mutex:
            self._finish_pending(reporter, memory)
            self._give_up_asked()
            before = self._brought(model, backend, reporter, memory)
            self._busy, self._given_up = model.name, 0.0
            self._tell()
        memory.begin()
        try:
            yield
        finally:
            with self._mutex:
                self._residents.learn(model.name, memory, before, self._given_up)
                self._busy = ""
                self._tell()
                self._give_up_asked()

    def unload_all(self) -> None:
        """Give everything back, as before the process is to do something else."""
        with self._mutex:
            self._unload_all()

    def close(self) -> None:
        """Have nothing more to do with other processes."""
        self._closed.set()
        self._neighbours.leave()

    def _unload_all(self) -> None:
        for resident in self._residents:
            self._evict(resident, resident.model)

    def _brought(
        self, model: ModelSpec, backend: Loadable, reporter: Reporter, memory: Memory
    ) -> float:
        """Load it if it is not there; what the process has without it."""
        there = self._residents.get(model.name)
        if there and there.backend is not backend:  # set up otherwise since
            self._evict(there, model)
            there = None
        if there and self._fits(model, backend, memory):
            return self._loaded(model, backend, reporter, memory)
        if there is None:
            # Takes no memory yet, so nobody has to wait for one that was given up.
            Task(backend.fetch, FETCH_SECONDS, SLOW_FETCH).wait(lambda: self._go_on(reporter))
        with self._neighbours.turn_to_load(reporter):
            if not self._make_room(model, backend, memory, reporter):
                logger.warning("%s does not fit: parts of it wait outside", model.name)
                backend.relieve()
            return self._loaded(model, backend, reporter, memory)

    def _loaded(
        self, model: ModelSpec, backend: Loadable, reporter: Reporter, memory: Memory
    ) -> float:
        """Load it where there is room; what the process has without it."""
        there = self._residents.get(model.name)
        if there:
            self._residents.use(model.name)
        else:
            self._residents.enter(model, backend)
        self._tell()
        before = memory.used() - (there.gb if there else 0.0)
        try:
            self._load(model, backend, before, reporter)
        except OutOfMemory:
            self._clear_for(model, backend)
            before = memory.used()
            self._load(model, backend, before, reporter)
        return before

    def _load(self, model: ModelSpec, backend: Loadable, before: float, reporter: Reporter) -> None:
        seconds = settings.MODEL_LOAD_SECONDS
        reason = SLOW_LOAD.format(label=model.label, seconds=seconds)
        task = Task(lambda: backend.load(model.name, Silent()), seconds, reason)
        self._wait(model, task, before, reporter)

    def _clear_for(self, model: ModelSpec, backend: Loadable) -> None:
        """Room to try once more, alone and with parts of it outside the card."""
        logger.warning("%s ran out of memory while loading: alone, with less", model.name)
        self._unload_all()
        unload(backend, model)
        backend.relieve()
        self._residents.enter(model, backend)

    def _wait(self, model: ModelSpec, task: Task, before: float, reporter: Reporter) -> None:
        """For `task`; if the job is cancelled meanwhile, what it began is waited for later."""
        self._pending = model.name, task, before
        try:
            task.wait(reporter.go_on_or_raise)
        except Cancelled:
            raise
        except Exception:
            self._residents.forget(model.name)
            self._pending = None
            raise
        self._pending = None

    def _finish_pending(self, reporter: Reporter, memory: Memory) -> None:
        """Two loads at a time would each see the memory that the other is taking."""
        if self._pending is None:
            return
        name, task, before = self._pending
        try:
            task.wait(reporter.go_on_or_raise)
            self._residents[name].gb = max(0.0, memory.used() - before)
        except (Cancelled, ProcessBroken):
            raise
        except Exception as error:
            logger.warning("%s, which a cancelled job began to load: %s", name, error)
            self._residents.forget(name)
        self._pending = None

    def _make_room(
        self, model: ModelSpec, backend: Loadable, memory: Memory, reporter: Reporter
    ) -> bool:
        """Evict, in FACTS' order, until it fits; whether it does."""
        while not self._fits(model, backend, memory):
            victim = self._next_victim(model)
            if victim is None:
                return False
            if victim.holder == self._neighbours.me:
                self._evict(self._residents[victim.name], model)
            else:
                self._neighbours.have_unloaded(victim, model.label, reporter)
        return True

    def _next_victim(self, model: ModelSpec) -> Held | None:
        """What has to go next; what a job is being done with only after all that rests."""
        here = self._residents.held(self._neighbours.me, self._busy)
        mine = [held for held in here if held.name != model.name]
        return min(
            [*mine, *self._neighbours.held()],
            key=lambda held: (held.busy, rank(held.lane), held.used_at),
            default=None,
        )

    def _go_on(self, reporter: Reporter) -> None:
        """Go on waiting, while others may ask for room."""
        self._give_up_asked()
        reporter.go_on_or_raise()

    def _join(self, memory: Memory) -> None:
        """Be known to the others on this card from now on, and listen to what they ask."""
        if self._broken:
            raise self._broken
        if self._neighbours.join(memory):
            Thread(target=self._listen, name="residency", daemon=True).start()

    def _listen(self) -> None:
        while not self._closed.wait(LISTEN_SECONDS):
            try:
                with self._mutex:
                    self._give_up_asked()
            except ProcessBroken as error:  # the next job ends the process
                self._broken = error
                return
            except OSError as error:
                logger.warning("the card's ledger cannot be read: %s", error)

    def _give_up_asked(self) -> None:
        """Unload what other processes asked for, but not what a job is being done with."""
        for name in self._neighbours.asked():
            pending = self._pending[0] if self._pending else ""
            resident = self._residents.get(name)
            if resident and name not in {self._busy, pending}:
                self._evict(resident, resident.model)
                self._given_up += resident.gb

    def _tell(self) -> None:
        self._neighbours.tell(self._residents.held(self._neighbours.me, self._busy))

    def _fits(self, model: ModelSpec, backend: Loadable, memory: Memory) -> bool:
        there = self._residents.get(model.name)
        taken = there.gb if there else 0.0
        missing = self._residents.needs(backend) - taken
        free = memory.free() - settings.MEMORY_KEPT_FREE_GB
        if settings.MEMORY_BUDGET_GB:
            free = min(free, settings.MEMORY_BUDGET_GB - sum(self.gigabytes().values()))
        if others := self._neighbours.held():
            # They work at the same time, and what they need for it may not be taken yet.
            promised = sum(held.needs for held in others) + sum(self.gigabytes().values())
            free = min(free, memory.total() - settings.MEMORY_KEPT_FREE_GB - promised)
        return missing <= free

    def _evict(self, resident: Resident, for_model: ModelSpec) -> None:
        self._residents.evict(resident, for_model)
        self._tell()


def of_this_machine(device: str) -> CardLedger:
    """The ledger of `device` that every worker of this user here writes in."""
    name = "".join(character if character.isalnum() else "-" for character in device)
    return CardLedger(Path(settings.MEMORY_LEDGER) / name)


residents = Residency(ledger=of_this_machine)

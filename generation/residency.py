"""The models that this process has in memory, and which of them has to go for another one.

What fits is measured, not assumed: FACTS' figures count until a model was loaded once.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from generation.backends.base import (
    Cancelled,
    Loadable,
    OutOfMemory,
    ProcessBroken,
    Reporter,
    Silent,
)
from generation.loading import Task
from generation.memory import Memory, measured
from generation.model_spec import ModelSpec
from generation.vocabulary import Lane

logger = logging.getLogger(__name__)

EVICTION = (Lane.CHAT, Lane.WAN, Lane.SDXL)  # who goes first (FACTS)
SLOW_LOAD = (
    "The worker could not load {label} within {seconds} seconds. It starts anew; if this happens "
    "always, the studio's operator raises MODEL_LOAD_SECONDS."
)
SLOW_UNLOAD = "The worker could not make room for {label}. It starts anew; try again."
SLOW_FETCH = "The worker has been downloading a model for six hours and gave up. Try again."
FETCH_SECONDS = 6 * 3600


@dataclass
class Resident:
    """A model in memory: `gb` is what it takes when it does nothing."""

    model: ModelSpec
    backend: Loadable
    gb: float = 0.0
    used_at: float = 0.0


class Residency:
    """One for each process. A backend that keeps nothing in memory is left alone."""

    def __init__(
        self,
        memory: Callable[[], Memory] = measured,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._memory, self._clock = memory, clock
        self._residents: dict[str, Resident] = {}
        self._needs: dict[int, float] = {}  # by backend: the most that it was seen to take
        self._pending: tuple[str, Task, float] | None = None  # and GB used before it began

    def names(self) -> frozenset[str]:
        """The models that are in memory."""
        return frozenset(self._residents)

    def gigabytes(self) -> dict[str, float]:
        """What each of them takes."""
        return {name: resident.gb for name, resident in self._residents.items()}

    @contextmanager
    def holding(self, model: ModelSpec, backend: Loadable, reporter: Reporter) -> Iterator[None]:
        """Have `model` in memory for the block. BackendError says why it cannot be."""
        reporter.loading()
        if not backend.memory_gb:
            backend.load(model.name, reporter)
            yield
            return
        memory = self._memory()
        self._finish_pending(reporter, memory)
        before = self._brought(model, backend, reporter, memory)
        memory.begin()
        try:
            yield
        finally:
            self._learn(model, backend, memory, before)

    def unload_all(self) -> None:
        """Give everything back, as before the process is to do something else."""
        for resident in self._in_order_of_eviction():
            self._evict(resident, resident.model)

    def _brought(
        self, model: ModelSpec, backend: Loadable, reporter: Reporter, memory: Memory
    ) -> float:
        """Load it if it is not there; what the process has without it."""
        there = self._residents.get(model.name)
        if there and there.backend is not backend:  # set up otherwise since
            self._evict(there, model)
            there = None
        if not self._make_room(model, backend, memory):
            logger.warning("%s does not fit: parts of it wait outside", model.name)
            backend.relieve()
        if there is None:
            # Takes no memory yet, so nobody has to wait for one that was given up.
            Task(backend.fetch, FETCH_SECONDS, SLOW_FETCH).wait(reporter.go_on_or_raise)
            self._residents[model.name] = Resident(model, backend)
        self._residents[model.name].used_at = self._clock()
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
        self.unload_all()
        self._unload(backend, model)
        backend.relieve()
        self._residents[model.name] = Resident(model, backend, used_at=self._clock())

    def _wait(self, model: ModelSpec, task: Task, before: float, reporter: Reporter) -> None:
        """For `task`; if the job is cancelled meanwhile, what it began is waited for later."""
        self._pending = model.name, task, before
        try:
            task.wait(reporter.go_on_or_raise)
        except Cancelled:
            raise
        except Exception:
            self._residents.pop(model.name, None)
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
            self._residents.pop(name, None)
        self._pending = None

    def _make_room(self, model: ModelSpec, backend: Loadable, memory: Memory) -> bool:
        """Evict, in FACTS' order, until it fits; whether it does."""
        for victim in self._in_order_of_eviction():
            if self._fits(model, backend, memory):
                return True
            if victim.model.name != model.name:
                self._evict(victim, model)
        return self._fits(model, backend, memory)

    def _fits(self, model: ModelSpec, backend: Loadable, memory: Memory) -> bool:
        there = self._residents.get(model.name)
        taken = there.gb if there else 0.0
        missing = self._needs.get(id(backend), backend.memory_gb) - taken
        free = memory.free() - settings.MEMORY_KEPT_FREE_GB
        if settings.MEMORY_BUDGET_GB:
            free = min(free, settings.MEMORY_BUDGET_GB - sum(self.gigabytes().values()))
        return missing <= free

    def _in_order_of_eviction(self) -> list[Resident]:
        return sorted(
            self._residents.values(),
            key=lambda resident: (EVICTION.index(Lane(resident.model.lane)), resident.used_at),
        )

    def _evict(self, resident: Resident, for_model: ModelSpec) -> None:
        logger.info("%s leaves the memory for %s", resident.model.name, for_model.name)
        self._unload(resident.backend, for_model)
        del self._residents[resident.model.name]

    @staticmethod
    def _unload(backend: Loadable, for_model: ModelSpec) -> None:
        reason = SLOW_UNLOAD.format(label=for_model.label)
        try:
            Task(backend.unload, settings.MODEL_UNLOAD_SECONDS, reason).wait(lambda: None)
        except RuntimeError as error:  # of torch: the card gives nothing back
            logger.exception("unloading failed")
            raise ProcessBroken(reason, retry=True) from error

    def _learn(self, model: ModelSpec, backend: Loadable, memory: Memory, before: float) -> None:
        """What it took while at work counts when it is next asked whether it fits."""
        resident = self._residents.get(model.name)
        if resident is None:
            return
        resident.gb = max(0.0, memory.used() - before)
        self._needs[id(backend)] = max(resident.gb, memory.peak() - before)
        resident.used_at = self._clock()


residents = Residency()

"""The models that one process has in memory: what each takes, what it needs, how it leaves."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings

from generation.backends.base import Loadable, ProcessBroken
from generation.card_ledger import Held
from generation.doing import doing
from generation.loading import Task
from generation.memory import Memory
from generation.model_spec import ModelSpec
from generation.vocabulary import Lane

logger = logging.getLogger(__name__)

EVICTION = (Lane.CHAT, Lane.WAN, Lane.SDXL)  # who goes first (FACTS)
SLOW_UNLOAD = "The worker could not make room for {label}. It starts anew; try again."


@dataclass
class Resident:
    """A model in memory: `gb` is what it takes when it does nothing."""

    model: ModelSpec
    backend: Loadable
    gb: float = 0.0
    used_at: float = 0.0


class Residents:
    """By name. What a backend needs counts as it says until it was measured at work."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._by_name: dict[str, Resident] = {}
        self._needs: dict[int, float] = {}  # by backend: the most that it was seen to take

    def __iter__(self) -> Iterator[Resident]:
        """In the order in which they have to go."""
        ranked = sorted(self._by_name.values(), key=lambda one: (rank(one.model.lane), one.used_at))
        return iter(ranked)

    def __getitem__(self, name: str) -> Resident:
        return self._by_name[name]

    def get(self, name: str) -> Resident | None:
        return self._by_name.get(name)

    def gigabytes(self) -> dict[str, float]:
        """What each of them takes."""
        return {name: resident.gb for name, resident in self._by_name.items()}

    def needs(self, backend: Loadable) -> float:
        """GB that it takes at work."""
        return self._needs.get(id(backend), backend.memory_gb)

    def enter(self, model: ModelSpec, backend: Loadable) -> None:
        """Count it from now on, though it may still have to be loaded."""
        self._by_name[model.name] = Resident(model, backend, used_at=self._clock())

    def use(self, name: str) -> None:
        self._by_name[name].used_at = self._clock()

    def forget(self, name: str) -> None:
        """It could not be loaded, or its backend was unloaded otherwise."""
        self._by_name.pop(name, None)

    def evict(self, resident: Resident, for_model: ModelSpec) -> None:
        """Unload it; ProcessBroken if that cannot be done."""
        name = resident.model.name
        logger.info("%s leaves the memory for %s", name, for_model.name)
        unload(resident.backend, for_model)
        del self._by_name[name]
        if doing.loaded_model == name:
            doing.loaded_model = ""

    def learn(self, name: str, memory: Memory, before: float, given_up: float) -> None:
        """What it took while at work counts when it is next asked whether it fits.

        `before` is what the process had without it, `given_up` what left meanwhile, in GB.
        """
        resident = self._by_name.get(name)
        if resident is None:
            return
        resident.gb = max(0.0, memory.used() - (before - given_up))
        if not given_up:  # else nobody knows what was there beside it at the peak
            self._needs[id(resident.backend)] = max(resident.gb, memory.peak() - before)
        self.use(name)

    def held(self, holder: str, busy: str) -> list[Held]:
        """All as other processes see them; a job is being done with the one called `busy`."""
        return [
            Held(
                holder=holder,
                name=name,
                lane=one.model.lane,
                gb=one.gb,
                needs=max(one.gb, self.needs(one.backend)),
                used_at=one.used_at,
                busy=name == busy,
            )
            for name, one in self._by_name.items()
        ]


def rank(lane: str) -> int:
    """0 for the lane whose models have to go first."""
    return EVICTION.index(Lane(lane))


def unload(backend: Loadable, for_model: ModelSpec) -> None:
    """Give its memory back; ProcessBroken if it takes too long or the card gives nothing back."""
    reason = SLOW_UNLOAD.format(label=for_model.label)
    try:
        Task(backend.unload, settings.MODEL_UNLOAD_SECONDS, reason).wait(lambda: None)
    except RuntimeError as error:  # of torch
        logger.exception("unloading failed")
        raise ProcessBroken(reason, retry=True) from error

"""A worker keeps to the models that it has in memory, and nobody starves for it."""

import random
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.claims import MOST_HEADS
from generation.turns import MOST_PASSES, MOST_SECONDS, Head, Turns

MODELS = ("sdxl", "wan", "chat")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def head(owner: int, model: str) -> Head:
    return Head(owner, "sdxl", model)


class Simulation:
    """One worker with room for some models, and jobs of as many owners in the order they came."""

    def __init__(self, arrivals: list[tuple[float, str]], room: int, *, fair: bool = False):
        self.arrivals = deque(enumerate(arrivals))
        self.room, self.fair, self.clock = room, fair, Clock()
        self.turns = Turns(self.clock)
        self.queue: list[Head] = []
        self.loaded: deque[str] = deque(maxlen=room)
        self.ahead: dict[int, int] = {}  # job -> jobs before it when it came
        self.came_at: dict[int, int] = {}  # job -> jobs started when it came
        self.started: list[int] = []
        self.changes = 0

    def run(self) -> "Simulation":
        while self.arrivals or self.queue:
            if not self.queue:
                self.clock.now = max(self.clock.now, self.arrivals[0][1][0])
            self._arrive()
            self._work()
        return self

    def _arrive(self) -> None:
        while self.arrivals and self.arrivals[0][1][0] <= self.clock.now:
            job, (_, model) = self.arrivals.popleft()
            self.ahead[job], self.came_at[job] = len(self.queue), len(self.started)
            self.queue.append(head(job, model))

    def _work(self) -> None:
        heads = self.queue[:MOST_HEADS]
        chosen = heads[0] if self.fair else self.turns.choose(heads, set(self.loaded))
        self.queue.remove(chosen)
        self.started.append(chosen.owner_id)
        if chosen.model not in self.loaded:
            self.loaded.append(chosen.model)
            self.changes += 1
            self.clock.now += 40
        self.clock.now += 8

    def waits(self) -> dict[int, int]:
        """Jobs that were started before each, from when it came."""
        return {job: place - self.came_at[job] for place, job in enumerate(self.started)}


def check_bound(simulation: Simulation, jobs: int) -> None:
    assert sorted(simulation.started) == list(range(jobs))
    for job, wait in simulation.waits().items():
        assert wait < (MOST_PASSES + 1) * (simulation.ahead[job] + 1)


@pytest.mark.parametrize("room", [1, 2])
def test_nobody_starves_in_3000_jobs_and_models_change_less(room):
    generator = random.Random(7)
    moments = sorted(generator.uniform(0, 3000 * 20) for _ in range(3000))
    arrivals = [(moment, generator.choice(MODELS)) for moment in moments]

    preferring = Simulation(arrivals, room).run()
    fair = Simulation(arrivals, room, fair=True).run()

    check_bound(preferring, 3000)
    assert preferring.changes < 0.75 * fair.changes
    assert preferring.clock.now < fair.clock.now


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 2000), st.sampled_from(MODELS)), min_size=1, max_size=60),
    st.integers(1, 2),
)
def test_the_wait_is_bounded_whatever_comes(arrivals, room):
    simulation = Simulation(sorted(arrivals), room).run()

    check_bound(simulation, len(arrivals))


def test_an_endless_stream_for_the_loaded_model_does_not_keep_another_waiting():
    turns, waiting = Turns(Clock()), head(1, "wan")

    chosen = [turns.choose([waiting, head(2, "sdxl")], {"sdxl"}) for _ in range(8)]

    assert [job is waiting for job in chosen] == [False, False, False, True] * 2


def test_it_is_passed_over_no_longer_than_changing_models_takes():
    clock = Clock()
    turns, heads = Turns(clock), [head(1, "wan"), head(2, "sdxl")]

    assert turns.choose(heads, {"sdxl"}) is heads[1]
    clock.now = MOST_SECONDS
    assert turns.choose(heads, {"sdxl"}) is heads[0]


def test_the_one_whose_turn_it_is_goes_first_where_nothing_is_gained():
    turns, heads = Turns(), [head(1, "sdxl"), head(2, "sdxl")]

    assert turns.choose(heads, {"sdxl"}) is heads[0]
    assert turns.choose(heads, {"wan"}) is heads[0]
    assert turns.choose(heads, ()) is heads[0]

"""Which models stay in memory, by what was measured, and what happens when they do not fit."""

from threading import Event

import pytest

from generation.backends.base import (
    BackendError,
    Cancelled,
    Loadable,
    OutOfMemory,
    ProcessBroken,
    Silent,
)
from generation.model_spec import ModelSpec
from generation.residency import Residency

CARD = 48.0


class Card:
    """A card of 48 GB, as `Memory` shows it."""

    def __init__(self) -> None:
        self.taken: dict[object, float] = {}
        self.most = 0.0

    def free(self) -> float:
        return CARD - self.used()

    def used(self) -> float:
        return sum(self.taken.values())

    def begin(self) -> None:
        self.most = self.used()

    def peak(self) -> float:
        return max(self.most, self.used())


class Model(Loadable):
    """Says that it needs `memory_gb` and takes `takes`."""

    def __init__(self, card: Card, says: float, takes: float | None = None) -> None:
        self.card, self.memory_gb = card, says
        self.takes = says if takes is None else takes
        self.calls: list[str] = []
        self.errors: list[Exception] = []
        self.let_load, self.let_unload = Event(), Event()
        self.let_load.set()
        self.let_unload.set()

    def fetch(self) -> None:
        self.calls.append("fetch")

    def load(self, model, reporter) -> None:
        self.calls.append("load")
        self.let_load.wait(5)
        if self.errors:
            raise self.errors.pop(0)
        self.card.taken[self] = self.takes

    def relieve(self) -> None:
        self.calls.append("relieve")

    def unload(self) -> None:
        self.calls.append("unload")
        self.let_unload.wait(5)
        self.card.taken.pop(self, None)


class Impatient(Silent):
    """The job is cancelled as soon as anybody asks."""

    def go_on_or_raise(self) -> None:
        raise Cancelled


@pytest.fixture
def card() -> Card:
    return Card()


@pytest.fixture
def residency(card) -> Residency:
    return Residency(lambda: card)


@pytest.fixture
def use(residency):
    """`use(lane, model)`: as a job for it would."""

    def used(lane: str, model: Loadable, reporter=None, name: str = "") -> None:
        spec = ModelSpec(name or lane, lane.upper(), lane)
        with residency.holding(spec, model, reporter or Silent()):
            pass

    return used


def test_any_two_fit_never_three_and_sdxl_goes_last(card, residency, use):
    sdxl, chat, wan = Model(card, 10), Model(card, 15), Model(card, 30)

    use("sdxl", sdxl)
    use("chat", chat)
    assert residency.names() == {"sdxl", "chat"}
    use("wan", wan)
    assert residency.names() == {"sdxl", "wan"}
    use("chat", chat)
    assert residency.names() == {"sdxl", "chat"}
    assert "unload" not in sdxl.calls
    assert "relieve" not in sdxl.calls + chat.calls + wan.calls


def test_of_one_lane_the_one_that_was_used_longest_ago_goes_first(card, residency, use):
    first, second, third = Model(card, 20), Model(card, 20), Model(card, 20)

    use("sdxl", first, name="first")
    use("sdxl", second, name="second")
    use("sdxl", first, name="first")
    use("sdxl", third, name="third")

    assert residency.names() == {"first", "third"}


def test_what_was_measured_counts_and_not_what_was_said(card, residency, use):
    heavy, other = Model(card, 10, takes=40), Model(card, 10)
    use("sdxl", heavy)
    use("wan", other)
    assert residency.names() == {"wan"}  # 40 and 10 are too much, so the heavy one had to go
    use("sdxl", heavy)

    assert residency.gigabytes() == {"sdxl": 40.0}


def test_the_peak_of_its_work_counts(card, residency):
    model, other = Model(card, 10), Model(card, 30)
    spec = ModelSpec("sdxl", "SDXL", "sdxl")
    with residency.holding(spec, model, Silent()):
        card.most = 25.0
    with residency.holding(ModelSpec("wan", "WAN", "wan"), other, Silent()):
        pass

    with residency.holding(spec, model, Silent()):
        assert residency.names() == {"sdxl"}


def test_a_budget_of_its_own_bounds_what_it_takes(card, residency, use, settings):
    settings.MEMORY_BUDGET_GB = 24

    use("sdxl", Model(card, 10))
    use("chat", Model(card, 15))

    assert residency.names() == {"chat"}


def test_one_that_does_not_fit_alone_is_loaded_with_less(card, use):
    huge = Model(card, 60, takes=20)

    use("wan", huge)

    assert huge.calls == ["fetch", "relieve", "load"]


def test_out_of_memory_while_loading_is_tried_once_more_alone_with_less(card, residency, use):
    sdxl, wan = Model(card, 10), Model(card, 30)
    use("sdxl", sdxl)
    wan.errors = [OutOfMemory("too small")]

    use("wan", wan)

    assert wan.calls == ["fetch", "load", "unload", "relieve", "load"]
    assert residency.names() == {"wan"}


def test_out_of_memory_twice_is_the_answer(card, residency, use):
    wan = Model(card, 30)
    wan.errors = [OutOfMemory("too small"), OutOfMemory("too small")]

    with pytest.raises(OutOfMemory, match="too small") as failure:
        use("wan", wan)

    assert not failure.value.retry
    assert residency.names() == set()


def test_a_model_that_cannot_be_loaded_is_not_there(card, residency, use):
    broken = Model(card, 10)
    broken.errors = [BackendError("Its files are not complete.")]

    with pytest.raises(BackendError, match="not complete"):
        use("sdxl", broken)

    assert residency.names() == set()
    use("sdxl", broken)
    assert residency.names() == {"sdxl"}


def test_a_load_that_takes_too_long_ends_the_process(card, use, settings):
    settings.MODEL_LOAD_SECONDS = 0
    slow = Model(card, 10)
    slow.let_load.clear()

    with pytest.raises(ProcessBroken, match="MODEL_LOAD_SECONDS") as failure:
        use("sdxl", slow)

    slow.let_load.set()
    assert failure.value.retry


def test_an_unload_that_takes_too_long_ends_the_process(card, use, settings):
    settings.MODEL_UNLOAD_SECONDS = 0
    stuck = Model(card, 30)
    use("wan", stuck)
    stuck.let_unload.clear()

    with pytest.raises(ProcessBroken, match="could not make room"):
        use("sdxl", Model(card, 30))

    stuck.let_unload.set()


def test_a_card_that_gives_nothing_back_ends_the_process(card, use):
    stuck = Model(card, 30)
    use("wan", stuck)
    stuck.unload = lambda: (_ for _ in ()).throw(RuntimeError("CUDA error"))

    with pytest.raises(ProcessBroken, match="could not make room"):
        use("sdxl", Model(card, 30))


def test_a_job_can_be_cancelled_while_its_model_loads_and_the_next_uses_it(card, residency, use):
    model = Model(card, 10)
    model.let_load.clear()
    model.fetch = lambda: None

    with pytest.raises(Cancelled):
        use("sdxl", model, Impatient())
    assert card.taken == {}
    model.let_load.set()
    use("sdxl", model)

    assert residency.gigabytes() == {"sdxl": 10.0}


def test_what_a_cancelled_job_began_to_load_may_fail(card, residency, use):
    model = Model(card, 10)
    model.let_load.clear()
    model.fetch = lambda: None
    model.errors = [BackendError("Its files are not complete.")]
    with pytest.raises(Cancelled):
        use("sdxl", model, Impatient())
    model.let_load.set()

    use("sdxl", model)

    assert model.calls == ["load", "load"]


def test_a_model_that_is_set_up_otherwise_takes_its_own_place(card, residency, use):
    old, new = Model(card, 10), Model(card, 10)

    use("sdxl", old)
    use("sdxl", new)

    assert old.calls[-1] == "unload"
    assert card.taken == {new: 10}


def test_a_backend_that_keeps_nothing_is_left_alone():
    residency = Residency(memory=lambda: pytest.fail("nobody needs to measure"))
    light = Model(Card(), 0)

    with residency.holding(ModelSpec("sdxl", "SDXL", "sdxl"), light, Silent()):
        assert light.calls == ["load"]
    assert residency.names() == set()

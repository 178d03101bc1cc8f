"""Workers on one card: each has its own process and models, and together they fit."""

import random
import time
from threading import Lock, Thread

import pytest

from generation import neighbours
from generation import residency as residency_module
from generation.backends.base import BackendError, Cancelled, Loadable, Silent
from generation.card_ledger import CardLedger
from generation.model_spec import ModelSpec
from generation.residency import Residency

CARD, KEPT_FREE = 48.0, 2.0
SAID = {"sdxl": 10.0, "chat": 15.0, "wan": 30.0}


class Card:
    """A card of 48 GB that several processes use; `most` is the most that ever was taken."""

    def __init__(self) -> None:
        self.taken: dict[object, float] = {}
        self.most = 0.0
        self.left: list[str] = []
        self._lock = Lock()

    def take(self, model: "Model") -> None:
        with self._lock:
            self.taken[model] = model.memory_gb
            self.most = max(self.most, sum(self.taken.values()))

    def give(self, model: "Model") -> None:
        with self._lock:
            if self.taken.pop(model, None):
                self.left.append(model.name)

    def of(self, models: list["Model"]) -> float:
        with self._lock:
            return sum(self.taken.get(model, 0.0) for model in models)


class Seen:
    """The card as `Memory` shows it to a process that has `models`."""

    device = "card"

    def __init__(self, card: Card, models: list["Model"]) -> None:
        self.card, self.models = card, models

    def total(self) -> float:
        return CARD

    def free(self) -> float:
        return CARD - sum(dict(self.card.taken).values())

    def used(self) -> float:
        return self.card.of(self.models)

    def begin(self) -> None:
        """Nothing is needed beyond what is said."""

    def peak(self) -> float:
        return self.used()


class Model(Loadable):
    def __init__(self, card: Card, lane: str, name: str = "") -> None:
        self.card, self.lane, self.name = card, lane, name or lane
        self.memory_gb = SAID[lane]
        self.loads = 0

    @property
    def spec(self) -> ModelSpec:
        return ModelSpec(self.name, self.name.upper(), self.lane)

    def load(self, model, reporter) -> None:
        if self not in self.card.taken:
            self.loads += 1
        self.card.take(self)

    def unload(self) -> None:
        self.card.give(self)


class Process:
    """A worker process with models of its own."""

    def __init__(self, folder, card: Card, *models: Model) -> None:
        self.models = {model.name: model for model in models}
        memory = Seen(card, list(models))
        self.residency = Residency(lambda: memory, ledger=lambda device: CardLedger(folder))

    def use(self, name: str, seconds: float = 0.0, reporter=None) -> None:
        """As a job for it would, which takes so long."""
        model = self.models[name]
        with self.residency.holding(model.spec, model, reporter or Silent()):
            assert model in model.card.taken, "in memory for as long as the job takes"
            time.sleep(seconds)
            assert model in model.card.taken


@pytest.fixture
def card() -> Card:
    return Card()


@pytest.fixture
def process(tmp_path, card, monkeypatch):
    """`process(model, ...)` starts one; all are ended with the test."""
    monkeypatch.setattr(residency_module, "LISTEN_SECONDS", 0.02)
    monkeypatch.setattr(neighbours, "LOOK_SECONDS", 0.01)
    started: list[Process] = []

    def start(*models: Model) -> Process:
        started.append(Process(tmp_path / "ledger", card, *models))
        return started[-1]

    yield start
    for one in started:
        one.residency.close()


class Cancelling(Silent):
    def go_on_or_raise(self) -> None:
        raise Cancelled


def test_any_two_fit_never_three_over_all_processes_and_sdxl_goes_last(card, process):
    sdxl, chat, wan = (process(Model(card, lane)) for lane in ("sdxl", "chat", "wan"))
    sdxl.use("sdxl")
    chat.use("chat")
    assert not card.left
    wan.use("wan")
    assert card.left == ["chat"], "chat goes before SDXL, though it was used later"
    assert chat.residency.names() == frozenset()
    chat.use("chat")
    assert card.left == ["chat", "wan"]
    assert card.most <= CARD - KEPT_FREE


def test_one_of_its_own_goes_before_one_of_a_later_lane(card, process):
    other = process(Model(card, "sdxl"))
    mixed = process(Model(card, "chat"), Model(card, "wan"))
    other.use("sdxl")
    mixed.use("chat")
    mixed.use("wan")
    assert card.left == ["chat"]


def busy(process: Process, name: str, seconds: float) -> Thread:
    """A job that has begun and takes so long."""
    job = Thread(target=process.use, args=(name, seconds))
    job.start()
    while process.residency._busy != name:
        time.sleep(0.01)
    return job


def test_what_rests_goes_before_what_a_job_is_done_with(card, process):
    """Waiting for a clip takes minutes, loading SDXL again takes seconds."""
    wan, chat, sdxl = (process(Model(card, lane)) for lane in ("wan", "chat", "sdxl"))
    sdxl.use("sdxl")
    job = busy(wan, "wan", 1.0)
    chat.use("chat")
    assert job.is_alive()
    assert card.left == ["sdxl"]
    job.join()


def test_what_a_job_is_done_with_is_waited_for(card, process):
    wan, other = process(Model(card, "wan")), process(Model(card, "wan", "other"))
    job = busy(wan, "wan", 0.4)
    other.use("other")
    assert not job.is_alive()
    assert card.left == ["wan"]
    assert card.most <= CARD - KEPT_FREE


def test_who_waits_can_be_cancelled_and_is_in_nobodys_way(card, process):
    wan, chat, sdxl = (process(Model(card, lane)) for lane in ("wan", "chat", "sdxl"))
    jobs = [busy(wan, "wan", 0.5), busy(sdxl, "sdxl", 0.5)]
    with pytest.raises(Cancelled):
        chat.use("chat", reporter=Cancelling())
    for job in jobs:
        job.join()
    sdxl.use("sdxl")
    chat.use("chat")


def test_the_models_of_a_process_that_died_count_no_more(card, process):
    dead = process(Model(card, "wan"))
    dead.use("wan")
    dead.residency.close()
    card.give(dead.models["wan"])  # as the driver does
    process(Model(card, "sdxl")).use("sdxl")
    chat = process(Model(card, "chat"))
    chat.use("chat")
    assert card.left == ["wan"]


def test_one_that_does_not_answer_is_not_waited_for_without_end(card, process, settings):
    settings.MODEL_UNLOAD_SECONDS = 0.2
    deaf = process(Model(card, "wan"))
    deaf.use("wan")
    deaf.residency._closed.set()
    sdxl, chat = process(Model(card, "sdxl")), process(Model(card, "chat"))
    sdxl.use("sdxl")
    deaf.residency._mutex.acquire()
    with pytest.raises(BackendError, match="did not make room") as refused:
        chat.use("chat")
    assert refused.value.retry
    assert card.most <= CARD - KEPT_FREE


@pytest.mark.parametrize("seed", range(3))
def test_nobody_starves_and_the_card_is_never_too_small(card, process, seed):
    """Four busy processes with five models on one card, jobs one after the other in each."""
    processes = [
        process(Model(card, "sdxl"), Model(card, "sdxl", "turbo")),
        process(Model(card, "wan")),
        process(Model(card, "chat")),
        process(Model(card, "wan", "other-wan")),
    ]
    waits: list[float] = []
    errors: list[BaseException] = []

    def work(one: Process, chance: random.Random) -> None:
        try:
            for _ in range(12):
                started = time.monotonic()
                one.use(chance.choice(list(one.models)), chance.random() * 0.01)
                waits.append(time.monotonic() - started)
        except BaseException as error:
            errors.append(error)

    threads = [
        Thread(target=work, args=(one, random.Random(seed * 10 + number)))
        for number, one in enumerate(processes)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    assert len(waits) == 48, "every job was done"
    assert max(waits) < 8, "each load of the others is waited for once"
    assert card.most <= CARD - KEPT_FREE


class TestLedger:
    def test_the_line_is_in_the_order_of_asking(self, tmp_path):
        ledgers = [CardLedger(tmp_path, clock=lambda: 1.0) for _ in range(3)]
        for ledger in (ledgers[1], ledgers[2], ledgers[0], ledgers[1]):
            ledger.stand_in_line()
        firsts = []
        for _ in ledgers:
            [first] = [ledger for ledger in ledgers if ledger.take_turn()]
            firsts.append(first)
            first.leave_line()
        assert firsts == [ledgers[1], ledgers[2], ledgers[0]]

    def test_who_waits_for_a_job_lets_others_pass_but_not_who_does_it(self, tmp_path):
        waiting, busy, other = (CardLedger(tmp_path) for _ in range(3))
        for ledger in (waiting, busy, other):
            ledger.stand_in_line()
        assert waiting.take_turn()
        waiting.stand_aside(busy.holder)
        assert not busy.take_turn(), "it would have the room again that is waited for"
        assert not other.take_turn(), "it came after the one that has to wait"
        busy.leave_line()
        assert other.take_turn()
        waiting.come_back()
        assert not waiting.take_turn(), "one at a time"
        other.leave_line()
        assert waiting.take_turn()

    def test_who_died_stands_in_nobodys_way_and_leaves_nothing(self, tmp_path):
        dead, ledger = CardLedger(tmp_path), CardLedger(tmp_path)
        dead.stand_in_line()
        ledger.stand_in_line()
        assert not ledger.take_turn()
        dead.close()
        assert ledger.take_turn()
        assert [path.stem for path in tmp_path.glob("*.alive")] == [ledger.holder]

    def test_a_file_that_is_spoilt_is_begun_anew(self, tmp_path):
        ledger = CardLedger(tmp_path)
        (tmp_path / "ledger.json").write_text('{"a": ')
        assert ledger.others() == []
        ledger.stand_in_line()
        assert ledger.take_turn()

    def test_a_folder_of_somebody_else_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr("os.getuid", lambda: 12345)
        with pytest.raises(PermissionError, match="MEMORY_LEDGER"):
            CardLedger(tmp_path)

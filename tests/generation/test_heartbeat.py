"""What is done beside the work begins with it, goes on by itself, and ends with it."""

from threading import Event

from generation import heartbeat
from generation.heartbeat import Heartbeat

PATIENCE = 10


class Counting(Heartbeat):
    """Beats without a pause until it has done so `most` times."""

    def __init__(self, most: int = 1_000_000) -> None:
        super().__init__("counting")
        self.most, self.beats = most, 0
        self.third, self.left = Event(), Event()

    def beat(self) -> float | None:
        self.beats += 1
        if self.beats == 3:
            self.third.set()
        return 0.001 if self.beats < self.most else None

    def leave(self) -> None:
        self.left.set()


def test_it_beats_until_the_work_is_done():
    with Counting() as counting:
        assert counting.third.wait(PATIENCE)
        assert not counting.left.is_set()
    assert counting.left.is_set()
    assert not counting._thread.is_alive()


def test_or_until_it_has_nothing_to_do_any_more():
    with Counting(most=3) as counting:
        assert counting.left.wait(PATIENCE)
    assert counting.beats == 3


def test_a_wait_is_over_with_the_work():
    class Waiting(Counting):
        first_pause = 3600.0

    with Waiting() as waiting:
        pass
    assert (waiting.beats, waiting.left.is_set()) == (0, True)


def test_so_is_one_within_a_beat():
    class Listening(Counting):
        def __init__(self) -> None:
            super().__init__()
            self.news = Event()

        def beat(self) -> float | None:
            self.third.set()
            assert self.news.wait(PATIENCE)
            return 0.0

        def wake(self) -> None:
            self.news.set()

    with Listening() as listening:
        assert listening.third.wait(PATIENCE)
    assert listening.left.is_set()


def test_work_does_not_wait_for_a_beat_that_hangs(monkeypatch):
    monkeypatch.setattr(heartbeat, "PATIENCE_SECONDS", 0.05)
    let_go = Event()

    class Hanging(Counting):
        def beat(self) -> float | None:
            self.third.set()
            let_go.wait(PATIENCE)
            return None

    with Hanging() as hanging:
        assert hanging.third.wait(PATIENCE)
    assert not hanging.left.is_set()
    let_go.set()
    assert hanging.left.wait(PATIENCE)

"""The other processes on a card: what they have there, what they ask for, whose turn it is."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings

from generation.backends.base import BackendError, Reporter
from generation.card_ledger import CardLedger, Held
from generation.memory import Memory

logger = logging.getLogger(__name__)

NO_ROOM = "Another worker on the same card did not make room for {label}. Try again."
LOOK_SECONDS = 0.1


class Neighbours:
    """As one process sees them; before `join`, and without a ledger, there are none.

    `give_up` unloads what they asked for. It is called in every wait, so that of two that wait
    one gets on.
    """

    def __init__(
        self, make_ledger: Callable[[str], CardLedger] | None, give_up: Callable[[], None]
    ) -> None:
        self._make_ledger, self._give_up = make_ledger, give_up
        self._ledger: CardLedger | None = None

    def join(self, memory: Memory) -> bool:
        """Be known to those on the device of `memory`; whether that is new."""
        if self._make_ledger is None or self._ledger is not None:
            return False
        self._ledger = self._make_ledger(memory.device)
        return True

    def leave(self) -> None:
        if self._ledger:
            self._ledger.close()

    @property
    def me(self) -> str:
        """How this process is called as a holder."""
        return self._ledger.holder if self._ledger else ""

    def held(self) -> list[Held]:
        """What they have."""
        return self._ledger.others() if self._ledger else []

    def asked(self) -> list[str]:
        """The models that they want this process to unload."""
        return self._ledger.asked() if self._ledger else []

    def tell(self, held: list[Held]) -> None:
        """What this process has."""
        if self._ledger:
            self._ledger.tell(held)

    @contextmanager
    def turn_to_load(self, reporter: Reporter) -> Iterator[None]:
        """Wait in the line of those on this card who want to load; first in it for the block."""
        if self._ledger is None:
            yield
            return
        try:
            self._ledger.stand_in_line()
            self._wait_for_turn(self._ledger, reporter)
            yield
        finally:
            self._ledger.leave_line()

    def have_unloaded(self, victim: Held, label: str, reporter: Reporter) -> None:
        """Ask its holder to unload it for `label`, and wait: while a job is done with it, aside.

        BackendError if it stays all the same.
        """
        assert self._ledger is not None
        logger.info("%s of process %s is to leave for %s", victim.name, victim.holder, label)
        self._ledger.ask(victim)
        if self._waited_aside(self._ledger, victim, label, reporter):
            self._ledger.come_back()
            self._wait_for_turn(self._ledger, reporter)

    def _waited_aside(
        self, ledger: CardLedger, victim: Held, label: str, reporter: Reporter
    ) -> bool:
        """Wait until it is gone; whether others were let pass meanwhile."""
        aside = False
        deadline = time.monotonic() + settings.MODEL_UNLOAD_SECONDS
        while there := self._still_there(victim):
            if there.busy:
                deadline = time.monotonic() + settings.MODEL_UNLOAD_SECONDS
                if not aside:
                    ledger.stand_aside(victim.holder)
                aside = True
            elif time.monotonic() > deadline:
                raise BackendError(NO_ROOM.format(label=label), retry=True)
            self._pause(reporter)
        return aside

    def _still_there(self, held: Held) -> Held | None:
        key = held.holder, held.name
        return next((one for one in self.held() if (one.holder, one.name) == key), None)

    def _wait_for_turn(self, ledger: CardLedger, reporter: Reporter) -> None:
        while not ledger.take_turn():
            self._pause(reporter)

    def _pause(self, reporter: Reporter) -> None:
        self._give_up()
        reporter.go_on_or_raise()
        time.sleep(LOOK_SECONDS)

"""The worker of a machine of its own: asks for a job, does it, asks for the next."""

import gc
import logging
import os
import secrets
import signal
import socket
import time
from collections.abc import Sequence
from contextlib import suppress

from django.conf import settings
from django.utils.module_loading import import_string

from generation.backends.base import BROKEN, ProcessBroken
from generation.installed import can_run, words_here
from generation.model_spec import BUILT_IN, ModelSpec
from generation.remote.client import Away, Refused, StudioClient
from generation.remote.messages import LONGEST_WAIT_SECONDS, NAME_LENGTH, ClaimAnswer, JobMessage
from generation.remote.running import give_back, run, state
from generation.vocabulary import Lane
from ourvidz import VERSION
from ourvidz.stopping import stopping

logger = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 15
LACKS_SECONDS = 600  # until a model that was not here is tried again


class Stopped(BaseException):
    """Raised out of a wait for the next job, past every `except Exception`."""


class RemoteWorker:
    """Serves `lanes` of the studio behind `client`, and announces `models`."""

    def __init__(self, client: StudioClient, lanes: Sequence[str], models: Sequence[str]) -> None:
        self.client, self.lanes = client, list(lanes)
        self.name = unique_name()
        self.models = list(models)
        self._lacks: dict[str, float] = {}  # names of models -> when that is forgotten
        # Of models it knows it says what LoRAs it has; others it gets to know by their first job.
        self._known = {model.name: model for model in BUILT_IN if model.lane in lanes}
        self._waiting = False

    def work(self) -> None:
        """Until SIGTERM or SIGINT; Refused if the studio will not have this worker."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        gc.collect()
        gc.freeze()  # what was imported stays
        logger.info("worker %s serves %s", self.name, ", ".join(self.lanes))
        while not stopping.is_set():
            asked_at = time.monotonic()
            job = self._claimed()
            if job is None and time.monotonic() - asked_at < 1:
                stopping.wait(1)  # of a server that does not let it wait
            if job:
                self._run(job)
                self.lanes.append(self.lanes.pop(self.lanes.index(job.lane)))  # its turn is last
        self._depart()

    def _run(self, job: JobMessage) -> None:
        """Do it; SystemExit with BROKEN once this process can make nothing any more."""
        model = ModelSpec(**job.model)
        if not can_run(model):
            logger.warning("job %s: handed back, %s is not here", job.id, model.label)
            self._lacks[model.name] = time.monotonic() + LACKS_SECONDS
            give_back(self.client, job)
            return
        self._known[model.name] = model
        try:
            run(self.client, job)
        except ProcessBroken as error:
            logger.critical("worker %s ends, to be started anew: %s", self.name, error)
            self._depart()
            raise SystemExit(BROKEN) from error

    def _claimed(self) -> JobMessage | None:
        """The next job; None where none came, or the worker is to stop."""
        pause = 1
        while not stopping.is_set():
            try:
                answer = self._ask()
            except Stopped:
                return None
            except Away as error:
                logger.warning("worker %s: no studio: %s", self.name, error)
                stopping.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            else:
                return ClaimAnswer.model_validate(answer).job
        return None

    def _ask(self) -> dict:
        """What the studio answers in half a minute at most; Stopped as soon as that is asked."""
        body = self._claim()
        self._waiting = True
        try:
            if stopping.is_set():
                raise Stopped
            return self.client.post("worker/claim", body)
        finally:
            self._waiting = False

    def _stop(self, *signal_and_frame) -> None:
        """Stop after the running job gave itself back; a wait for the next is broken off."""
        stopping.set()
        if self._waiting:
            raise Stopped

    def _claim(self) -> dict:
        return {
            "worker": self.name,
            "lanes": self.lanes,
            "models": self.models,
            "lacks": [name for name, end in self._lacks.items() if time.monotonic() < end],
            "backends": {lane: backend_name(lane) for lane in self.lanes if lane != Lane.CHAT},
            "words": {name: words_here(model) for name, model in self._known.items()},
            "version": VERSION,
            "state": state(),
            "wait_seconds": LONGEST_WAIT_SECONDS,
        }

    def _depart(self) -> None:
        logger.info("worker %s stops", self.name)
        with suppress(Away, Refused):
            self.client.post("worker/departure", {"worker": self.name})


def backend_name(lane: str) -> str:
    """How the backend of `lane` is called on jobs; nothing is loaded for it."""
    return import_string(str(settings.BACKENDS[lane]["BACKEND"])).name


def unique_name() -> str:
    """Of this process, such as gpu-box-1-4711-a3f09c."""
    host = "".join(c if c.isascii() and c.isalnum() else "-" for c in socket.gethostname())
    tail = f"{os.getpid()}-{secrets.token_hex(3)}"
    return f"{host.strip('-')[: NAME_LENGTH - len(tail) - 1] or 'worker'}-{tail}"

"""The process that serves lanes: RQ wakes it, the database says what to do.

It does not fork, so that backends keep what they have loaded. It never gives up: without
Redis it looks into the database by itself, without the database it waits.
"""

import gc
import logging
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import TypeVar

from django.db import connections
from django.utils.module_loading import import_string
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import SimpleWorker
from rq.exceptions import (
    DequeueTimeout,
    DeserializationError,
    NoSuchJobError,
    StopRequested,
)
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer
from rq.utils import as_text
from rq.worker.base import WorkerStatus

from generation.backends.base import BROKEN, ProcessBroken
from generation.patience import DATABASE_AWAY
from generation.presence import Presence
from generation.queue import FUNCTIONS
from generation.vocabulary import Lane
from generation.worker import process_name, run_next
from ourvidz.stopping import stopping

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

LOOK_SECONDS = 5  # how long a job can wait whose wake-up was lost
PAUSE_SECONDS = 1
LANES = frozenset(Lane.values)


class LaneWorker(SimpleWorker):
    """Runs jobs of its lanes one after the other, and what else its queues carry."""

    def __init__(self, *args, **options) -> None:
        options["serializer"] = JSONSerializer  # whatever the command says: no pickles
        options["name"] = options.get("name") or _unique_name()
        super().__init__(*args, **options)
        self.connection.set_retry(Retry(NoBackoff(), retries=1))
        self.lanes = [name for name in self.queue_names() if name in LANES]
        self._waiting = False

    def _set_ip_address(self, connection) -> None:
        """Not asked of Redis, which may be away when the worker starts."""
        self.ip_address = "unknown"

    @property
    def dequeue_timeout(self) -> int:
        return LOOK_SECONDS

    def work(  # type: ignore[override] # the rest of RQ's options mean nothing here
        self, burst: bool = False, *, max_jobs: int | None = None, **options
    ) -> bool:
        """Until SIGTERM or SIGINT; in a burst until nothing is left to do.

        Returns whether any job was run.
        """
        self._install_signal_handlers()
        self.log.setLevel(logging.WARNING)  # of a wake-up nobody needs to hear
        gc.collect()
        gc.freeze()  # what was imported stays: no collection needs to look at it again
        logger.info("worker %s serves %s", self.name, ", ".join(self.queue_names()))
        with Presence(process_name(), self.lanes) if self.lanes else nullcontext():
            runs = self._serve(burst, max_jobs)
        self._leave()
        return bool(runs)

    def _serve(self, burst: bool, max_jobs: int | None) -> int:
        """The number of jobs that were run until there is a reason to end."""
        runs = 0
        while not stopping.is_set() and (max_jobs is None or runs < max_jobs):
            ran = self._run_waiting_job()
            woken = self._follow_wake_up(timeout=None if ran or burst else LOOK_SECONDS)
            runs += ran
            if burst and not ran and not woken:
                break
        return runs

    def _run_waiting_job(self) -> bool:
        """Run one job that the database has for a lane; that lane then has its turn last."""
        job = self._guarded(lambda: run_next(self.lanes))
        if job is None:
            return False
        self.lanes.remove(job.lane)
        self.lanes.append(job.lane)
        return True

    def _guarded(self, do: Callable[[], Result]) -> Result | None:
        """`do()`, with a pause in place of an error while there is no database.

        SystemExit with BROKEN once this process can make nothing any more.
        """
        try:
            return do()
        except ProcessBroken as error:
            logger.critical("worker %s ends, to be started anew: %s", self.name, error)
            self._leave()
            raise SystemExit(BROKEN) from error
        except DATABASE_AWAY as error:
            logger.warning("worker %s: no database: %s", self.name, error)
        connections.close_all()
        stopping.wait(PAUSE_SECONDS)
        return None

    def _follow_wake_up(self, timeout: int | None) -> bool:
        """Do what the next message says, waiting for one up to `timeout`; whether there was one.

        Without Redis it pauses instead.
        """
        try:
            message = self._next_message(timeout)
        except (DequeueTimeout, StopRequested):
            return False
        except NoSuchJobError:  # flushed after it was put in the queue
            return True
        except (RedisError, OSError) as error:
            logger.warning("worker %s: no Redis, looking by itself: %s", self.name, error)
            stopping.wait(PAUSE_SECONDS)
            return False
        if message:
            self._execute(message)
        return bool(message)

    def _next_message(self, timeout: int | None) -> RqJob | None:
        """Take the next wake-up; None at once if `timeout` is None, else DequeueTimeout, for none.

        It is off Redis before it is followed: one that is lost with its worker costs seconds,
        and a Redis that goes while the job runs is no concern.
        """
        if not self.connection.hexists(self.key, "birth"):  # new, or Redis was flushed
            self.register_birth()
        self.set_state(WorkerStatus.IDLE)
        self.heartbeat()
        self._waiting = True
        try:
            popped = self.queue_class.lpop(self.queue_keys(), timeout, connection=self.connection)
        finally:
            self._waiting = False
        if popped is None:
            return None
        message = self.job_class.fetch(as_text(popped[1]), self.connection, self.serializer)
        message.delete(remove_from_queue=False)
        self.set_state(WorkerStatus.BUSY)
        return message

    def _execute(self, message: RqJob) -> None:
        """Call what a message of this project names; drop any other."""
        try:
            name, arguments = message.func_name, message.args
        except DeserializationError:
            name, arguments = "(not readable)", ()
        if name not in FUNCTIONS:
            logger.error("worker %s: %s is not allowed, dropped", self.name, name)
            return
        self._guarded(lambda: import_string(name)(*arguments))

    def register_birth(self) -> None:
        """Be seen by RQ's pages, also after Redis forgot who is there."""
        self.connection.delete(self.key)
        super().register_birth()

    def request_stop(self, signum, frame) -> None:
        """Stop after the running job gave itself back; a wait for Redis is broken off."""
        stopping.set()
        if self._waiting:
            raise StopRequested

    def _leave(self) -> None:
        logger.info("worker %s stops", self.name)
        with suppress(RedisError, OSError):
            self.register_death()


def _unique_name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"

"""The process that does the housekeeping."""

import gc
import logging
import signal
import time
from contextlib import suppress

from django.conf import settings
from django.core.management.base import BaseCommand
from redis import Redis, RedisError

from ourvidz.operations.checkup import SCHEDULE_KEY
from ourvidz.operations.schedule import Schedule
from ourvidz.stopping import stopping

logger = logging.getLogger(__name__)

TICK_SECONDS = 1
SEEN_SECONDS = 30


class Command(BaseCommand):
    help = (
        "Runs the commands of settings.SCHEDULE, each as often as it says there, until it is "
        "stopped. One process per installation is enough; more do no harm."
    )

    def handle(self, *args, **options) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        names = ", ".join(f"{name} every {seconds} s" for name, seconds in settings.SCHEDULE)
        logger.info("schedule: %s", names)
        schedule = Schedule(settings.SCHEDULE)
        redis = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
        gc.collect()
        gc.freeze()
        while not stopping.wait(TICK_SECONDS):
            schedule.tick()
            with suppress(RedisError, OSError):  # only `doctor` and `restore` look at it
                redis.set(SCHEDULE_KEY, int(time.time()), ex=SEEN_SECONDS)
        with suppress(RedisError, OSError):
            redis.delete(SCHEDULE_KEY)

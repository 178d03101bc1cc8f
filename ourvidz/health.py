"""Whether the studio can work: `/healthz` for the process, `/readyz` for what it stands on."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from ourvidz.media import buckets

logger = logging.getLogger(__name__)

SECONDS = 2  # that each check may take
KEPT_SECONDS = 2  # that an answer is given again, so that probes cost nothing


def check_database() -> None:
    """Raise unless the database answers."""
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connections["default"].close()


def check_redis() -> None:
    """Raise unless Redis answers."""
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
    ) as client:
        client.ping()


def check_buckets() -> None:
    """Raise unless every bucket can be reached; makes one that is missing."""
    buckets.ensure_buckets()


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "redis": check_redis,
    "buckets": check_buckets,
}
_threads = ThreadPoolExecutor(max_workers=2 * len(CHECKS), thread_name_prefix="readiness")


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
async def readyz(request: HttpRequest) -> HttpResponse:
    """200 if the database, Redis and the buckets answer, else 503; each by name."""
    checks = cache.get("readiness")
    if checks is None:
        checks = await readiness()
        cache.set("readiness", checks, KEPT_SECONDS)
    ready = all(state == "ok" for state in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


async def readiness() -> dict[str, str]:
    """The state of each check, "ok" or "down", after at most `SECONDS`."""
    states = await asyncio.gather(*(_state(name, check) for name, check in CHECKS.items()))
    return dict(zip(CHECKS, states, strict=True))


async def _state(name: str, check: Callable[[], None]) -> str:
    """What went wrong is for the log: the page is open to everyone."""
    try:
        await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(_threads, check), SECONDS)
    except Exception as error:
        logger.warning("not ready: %s: %s", name, error or type(error).__name__)
        return "down"
    return "ok"

"""A real Redis where a test asks for one."""

import pytest
from django.core.cache import cache

from tests.private_redis import private_redis


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory):
    """The URL of a Redis that the tests of this folder share."""
    with private_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis_url(redis_server, settings):
    """The studio's settings point at a real Redis."""
    settings.REDIS_URL = redis_server
    settings.RQ_QUEUES = {name: {"URL": redis_server} for name in settings.RQ_QUEUES}
    return redis_server


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Readiness is asked anew."""
    cache.clear()

"""The web, and a way to fetch from it."""

from functools import partial

import pytest

from ourvidz.media.fetch import fetch_picture
from tests.media.fetch.web import Web


@pytest.fixture
def web():
    web = Web()
    yield web
    web.server.shutdown()
    web.server.server_close()


@pytest.fixture
def get(web):
    return partial(fetch_picture, resolve=web.resolve, connect=web.connect)

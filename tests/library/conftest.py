"""A library with something in it."""

import pytest

from tests.factories import make_library_asset


@pytest.fixture
def kept(creator):
    """One kept picture of `creator`, with its files."""
    return make_library_asset(creator, stored=True, backend="preview")

"""Collections with something in them."""

import pytest

from ourvidz.collections import changes, membership
from tests.factories import make_library_asset


@pytest.fixture
def film(creator):
    """A collection of `creator` with three pictures, in the order of `pictures`."""
    return changes.create(creator, name="Short film")


@pytest.fixture
def pictures(creator, film):
    assets = [make_library_asset(creator, title=f"picture {n}") for n in range(3)]
    membership.add(film, [asset.pk for asset in assets])
    return assets

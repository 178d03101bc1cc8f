"""An archive, and nothing that is lost on its way."""

from datetime import timedelta

import pytest
from ourvidz.collections.models import Collection

from ourvidz.collections import membership
from ourvidz.media import reconciliation
from tests.factories import picture_bytes
from tests.library.transfer.making import (
    archive_of,
    keep,
)


@pytest.fixture
def nothing_lost(monkeypatch):
    """Rows and files agree, however young they are."""
    monkeypatch.setattr(reconciliation, "SETTLED", timedelta(days=-1))
    yield
    assert list(reconciliation.findings()) == []


@pytest.fixture
def archive(creator) -> bytes:
    """One picture and its collection."""
    asset = keep(creator, picture_bytes(), title="boat")
    shelf = Collection.objects.create(owner=creator, name="Boats")
    membership.add(shelf, [asset.pk])
    return archive_of(creator)

"""Assets, and batches that are done."""

from datetime import timedelta

import pytest
from django.utils import timezone

from library.background import work_off
from library.bulk.models import Batch
from library.bulk.performing import perform_step
from library.models import LibraryAsset
from tests.factories import make_library_asset


@pytest.fixture
def assets(creator) -> list[LibraryAsset]:
    """Eight pictures, the newest first, of which the odd ones are boats."""
    now = timezone.now()
    prompts = ("a hill", "a boat")
    return [
        make_library_asset(
            creator,
            original_prompt=prompts[number % 2],
            composed_prompt="",
            created_at=now - timedelta(hours=number // 2),
        )
        for number in range(8)
    ]


def done(batch: Batch) -> Batch:
    work_off(Batch, perform_step)
    batch.refresh_from_db()
    return batch

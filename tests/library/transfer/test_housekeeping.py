"""What nobody goes on with is removed, and only that."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from library.bulk import starting
from library.bulk.models import Batch
from library.models import LibraryAsset
from library.transfer import housekeeping, uploads
from library.transfer.models import BUCKET, Upload
from ourvidz.media import buckets
from tests.factories import picture_bytes
from tests.library.transfer.making import accepted, uploaded

pytestmark = pytest.mark.django_db(transaction=True)


def half(owner) -> Upload:
    upload = uploads.begin(owner, "boat.png", 20, "asset")
    uploads.append(upload, 0, io.BytesIO(b"x" * 10), 10)
    return upload


def clean(*options: str) -> str:
    out = io.StringIO()
    call_command("cleanup_uploads", *options, stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def old(creator, settings) -> Upload:
    """Half an upload that came yesterday."""
    upload = half(creator)
    then = timezone.now() - timedelta(hours=settings.UPLOAD_HOURS + 1)
    Upload.objects.update(turn_at=then)
    return upload


def test_what_was_left_half_way_goes(creator, old):
    young, whole = half(creator), uploaded(creator, picture_bytes(), "archive.zip", "archive")

    said = clean()

    assert said == "Removed 1 abandoned uploads, 0 stray parts and 0 old entries."
    assert set(buckets.each_key(BUCKET)) == {*young.keys, *whole.keys}


def test_a_dry_run_only_says(old):
    assert clean("--dry-run").startswith("Would remove 1 abandoned uploads")
    assert Upload.objects.get() == old
    assert set(buckets.each_key(BUCKET)) == set(old.keys)


def test_parts_that_no_upload_knows_go(creator, monkeypatch):
    kept = half(creator)
    buckets.store(BUCKET, "1/stray", b"x", "application/octet-stream")
    buckets.store(BUCKET, kept.keys[0] + "-lost", b"x", "application/octet-stream")
    assert clean() == "Removed 0 abandoned uploads, 0 stray parts and 0 old entries."

    monkeypatch.setattr(housekeeping, "SETTLED", timedelta(seconds=-5))

    assert clean() == "Removed 0 abandoned uploads, 2 stray parts and 0 old entries."
    assert set(buckets.each_key(BUCKET)) == set(kept.keys)


def test_lists_forget_what_is_long_over(creator):
    accepted(creator, picture_bytes())
    batch = starting.start(creator, "favourite")
    long_ago = timezone.now() - timedelta(days=housekeeping.KEPT_DAYS + 1)
    Upload.objects.update(ended_at=long_ago)
    Batch.objects.update(status=Batch.Status.COMPLETED, ended_at=long_ago, changed=1)

    assert clean() == "Removed 0 abandoned uploads, 0 stray parts and 2 old entries."

    assert not Upload.objects.exists()
    assert not Batch.objects.filter(pk=batch.pk).exists()
    assert all(buckets.exists("user-library", key) for key in LibraryAsset.objects.get().keys)


def test_an_account_that_goes_takes_its_uploads(creator):
    half(creator)
    creator.delete()
    assert list(buckets.each_key(BUCKET)) == []

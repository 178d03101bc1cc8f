"""What generation keeps only for a while: references nobody used, nonces past their time."""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.deletion import ProtectedError
from django.utils import timezone

from generation.models import CallbackNonce, Reference
from ourvidz.media import buckets

UNUSED_DAYS = 7


def unused_references() -> QuerySet[Reference]:
    """Uploads that no job came to use."""
    before = timezone.now() - timedelta(days=UNUSED_DAYS)
    return Reference.objects.filter(uses=None, template_uses=None, created_at__lt=before)


def remove_unused_references() -> int:
    """Remove them with their files; how many."""
    return sum(_remove(reference) for reference in unused_references())


def _remove(reference: Reference) -> bool:
    """The row first: a job that takes the reference up just now keeps it, or does not find it.

    Files whose removal fails are orphans, which `reconcile_storage` finds.
    """
    try:
        Reference.objects.filter(pk=reference.pk).delete()
    except ProtectedError:
        return False
    buckets.remove(reference.bucket, reference.keys)
    return True


def stale_nonces() -> QuerySet[CallbackNonce]:
    """Nonces whose timestamps would be refused by now in any case."""
    # A timestamp may lie as far in the future as in the past.
    before = timezone.now() - timedelta(seconds=2 * settings.WORKER_SIGNATURE_SECONDS)
    return CallbackNonce.objects.filter(created_at__lt=before)

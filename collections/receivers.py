"""Files follow their row, whoever deletes it."""

from functools import partial

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from ourvidz.media import buckets

from .models import SharedFile


@receiver(post_delete, sender=SharedFile, dispatch_uid="collections.remove_shared_files")
def remove_shared_files(sender, instance: SharedFile, **kwargs) -> None:
    """Once that is committed."""
    remove = partial(buckets.remove, instance.bucket, instance.keys)
    transaction.on_commit(remove, robust=True)

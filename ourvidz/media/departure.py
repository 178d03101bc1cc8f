"""What people leave in the buckets goes with their account, at once."""

from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from ourvidz.media import buckets
from ourvidz.media.reconciliation import stored_models

ROWS_AT_ONCE = 500


@receiver(pre_delete, sender=settings.AUTH_USER_MODEL, dispatch_uid="media.remove_files_of_user")
def remove_files_of_user(sender, instance, **kwargs) -> None:
    """Remove the files of every row that the account owns, once its deletion is committed."""
    for model in stored_models():
        if model.keys_name_owner:
            manager: Any = model._default_manager
            rows = manager.filter(owner=instance).only(*model.KEY_FIELDS)
            keys = [key for row in rows.iterator(ROWS_AT_ONCE) for key in row.keys]
            remove = partial(buckets.remove, model.bucket, keys)
            transaction.on_commit(remove, robust=True)

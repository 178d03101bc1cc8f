"""Files follow their row, whoever deletes it; pages follow it, whoever saves it."""

from functools import partial

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from library.models import PURGED, LibraryAsset, PublicPage, Upload
from library.transfer.models import BUCKET
from ourvidz.live import announce_library
from ourvidz.media import buckets


@receiver(post_delete, sender=LibraryAsset, dispatch_uid="library.remove_files")
def remove_files(sender, instance: LibraryAsset, **kwargs) -> None:
    """Remove the files of a row that went without a purge, as with its owner's account."""
    if instance.deleted_at != PURGED:
        remove = partial(buckets.remove, instance.bucket, instance.keys)
        transaction.on_commit(remove, robust=True)


@receiver(post_delete, sender=Upload, dispatch_uid="library.remove_parts")
def remove_parts(sender, instance: Upload, **kwargs) -> None:
    """Remove what has arrived of an upload whose row went."""
    remove = partial(buckets.remove, BUCKET, instance.keys)
    transaction.on_commit(remove, robust=True)


@receiver(post_delete, sender=PublicPage, dispatch_uid="library.remove_public_files")
def remove_public_files(sender, instance: PublicPage, **kwargs) -> None:
    """Whoever closes it: the asset is private, and the files go once that is committed."""
    private = LibraryAsset.Visibility.PRIVATE
    LibraryAsset.objects.filter(pk=instance.asset_id).update(visibility=private)
    remove = partial(buckets.remove, instance.bucket, instance.keys)
    transaction.on_commit(remove, robust=True)


@receiver(post_save, sender=LibraryAsset, dispatch_uid="library.announce_asset")
def announce_asset(sender, instance: LibraryAsset, **kwargs) -> None:
    """What changes many rows at once announces that itself."""
    announce_library(instance.owner_id)

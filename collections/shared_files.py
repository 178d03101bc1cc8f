"""The files of a shared collection, as its visitors get them."""

from django.db import IntegrityError, transaction

from library.models import LibraryAsset
from library.plain import copied
from ourvidz.media import buckets

from .models import SharedFile

VARIANTS = ("original", "thumbnail", "poster")


def key_of(asset: LibraryAsset, variant: str) -> str:
    """Where one of VARIANTS lies, in the bucket of the library; '' where there is none.

    The small pictures say nothing of how they were made, so they are the asset's own.
    MediaError or OSError where the original cannot be read.
    """
    small = asset.thumbnail_key if variant == "thumbnail" else asset.poster_key
    if variant != "original" and small:
        return small
    return "" if variant != "original" and asset.is_video else _plain(asset).key


def _plain(asset: LibraryAsset) -> SharedFile:
    """The copy there is, else a new one; of two made at once the first stays."""
    found = SharedFile.objects.filter(asset=asset).first()
    if found is not None:
        return found
    made = copied(asset, SharedFile(asset=asset))
    try:
        with transaction.atomic():
            made.save()
    except BaseException as error:
        buckets.remove(made.bucket, made.keys)
        if not isinstance(error, IntegrityError):
            raise
        return SharedFile.objects.get(asset=asset)
    return made

"""Who may see an asset: its owner alone, whoever has its link, or everybody.

Strangers get files of their own, under a key that tells nothing and without what the original
says about how it was made. They go when the asset is private again, so that a signed URL from
before leads nowhere.
"""

import hashlib
import tempfile
from pathlib import Path, PurePosixPath
from uuid import uuid4

from django.db import transaction

from library.models import LibraryAsset, PublicPage
from ourvidz.media import buckets, provenance

Visibility = LibraryAsset.Visibility
UNREADABLE = "Its file could not be read just now, so nothing was changed. Try again."
COPIED = ("kind", "mime_type", "width", "height", "duration_seconds", "frames_per_second")


def set_visibility(asset: LibraryAsset, visibility: str) -> None:
    """Let more or fewer people see `asset`; MediaError or OSError, and nothing is changed, where
    its files cannot be read or copied.

    More people keep the address; where there are fewer, those who had the old one lose it.
    """
    if visibility == Visibility.PRIVATE:
        _close(asset)
    elif not _widened(asset, visibility):
        _open(asset, visibility)
    asset.visibility = visibility


def _widened(asset: LibraryAsset, visibility: str) -> bool:
    """Whether the page there was serves `visibility` too, and does now."""
    served = (visibility, Visibility.UNLISTED)
    pages = LibraryAsset.objects.filter(pk=asset.pk, public_page__isnull=False)
    return bool(pages.filter(visibility__in=served).update(visibility=visibility))


def _close(asset: LibraryAsset) -> None:
    """The files go with the row, once that is committed (`library.receivers`)."""
    PublicPage.objects.filter(asset=asset).delete()


def _open(asset: LibraryAsset, visibility: str) -> None:
    """Files first and the row second, so that a row never lacks its files."""
    page = _copied(asset)
    try:
        with transaction.atomic():
            _close(asset)
            page.save()
            LibraryAsset.objects.filter(pk=asset.pk).update(visibility=visibility)
    except BaseException:
        buckets.remove(page.bucket, page.keys)
        raise


def _copied(asset: LibraryAsset) -> PublicPage:
    """The files that strangers get, stored; their row is not in the database yet."""
    stem = f"public/{uuid4().hex}"
    page = PublicPage(asset=asset, **{name: getattr(asset, name) for name in COPIED})
    page.thumbhash = asset.thumbhash
    for name in ("thumbnail_key", "poster_key"):
        if key := getattr(asset, name):
            setattr(page, name, f"{stem}.{name.removesuffix('_key')}.webp")
            buckets.copy(asset.bucket, key, page.bucket, getattr(page, name))
    page.key = stem + PurePosixPath(asset.key).suffix
    _store_plain(asset, page)
    return page


def _store_plain(asset: LibraryAsset, page: PublicPage) -> None:
    with tempfile.NamedTemporaryFile(suffix=PurePosixPath(asset.key).suffix) as plain:
        path = Path(plain.name)
        with buckets.local_copy(asset.bucket, asset.key) as original:
            provenance.strip(original, path)
        page.bytes = path.stat().st_size
        with path.open("rb") as file:
            page.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        buckets.store(page.bucket, page.key, path, asset.mime_type)

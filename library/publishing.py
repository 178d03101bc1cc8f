"""Who may see an asset: its owner alone, whoever has its link, or everybody.

Strangers get files of their own (`library.plain`), at addresses that ask each time whether the
page is open; so trash, purge and private again close page and files at once.
"""

from django.db import transaction

from library.models import LibraryAsset, PublicPage
from library.plain import copied
from ourvidz.media import buckets

Visibility = LibraryAsset.Visibility
UNREADABLE = "Its file could not be read just now, so nothing was changed. Try again."


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
    page = copied(asset, PublicPage(asset=asset), small=True)
    try:
        with transaction.atomic():
            # Of two at once the later one closes the page that the earlier one opened.
            LibraryAsset.objects.select_for_update(no_key=True).only("pk").get(pk=asset.pk)
            _close(asset)
            page.save()
            LibraryAsset.objects.filter(pk=asset.pk).update(visibility=visibility)
    except BaseException:
        buckets.remove(page.bucket, page.keys)
        raise

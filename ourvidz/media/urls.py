"""The one way to the URL of a stored file.

A URL is a permission: signed, and good until it expires. Its expiry is rounded to a window,
so that the same file has the same URL for half of SIGNED_URL_SECONDS and caches hit; it is
always good for at least that half. Who may see a file is decided before asking for its URL.
"""

import base64
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from time import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import get_script_prefix
from django.utils.crypto import salted_hmac
from django.utils.text import slugify

from ourvidz.media import buckets
from ourvidz.media.models import MediaFile
from ourvidz.media.storages import FileBucket

VARIANTS = ("thumbnail", "original", "poster", "filmstrip")


class BadSignature(Exception):  # noqa: N818 - named as Django names it
    """Not a URL that this site made."""


class Expired(Exception):  # noqa: N818
    """A URL of this site whose time is over."""


@dataclass(frozen=True)
class Grant:
    """What a URL permits: until when (Unix seconds), and as which download ('' to show)."""

    expires: int
    download_name: str


def media_url(item: MediaFile, variant: str, download: bool = False) -> str:
    """The URL of `item`'s variant, one of VARIANTS; '' if there is no such file."""
    key = key_of(item, variant)
    if not key:
        return ""
    return _signed(item.bucket, key, _window(), _download_name(item, key) if download else "")


def media_urls(
    items: Sequence[MediaFile], variants: Iterable[str] = VARIANTS
) -> dict[Any, dict[str, str]]:
    """By primary key and variant, for a whole page at once."""
    window, variants = _window(), tuple(variants)
    return {
        item.pk: {name: _variant_url(item, name, window) for name in variants} for item in items
    }


def granted(bucket: str, key: str, query: Mapping[str, str]) -> Grant:
    """What the query string of a URL permits; BadSignature or Expired if it does not."""
    expires, name = query.get("expires", ""), query.get("download", "")
    expected = _signature(bucket, key, expires, name)
    if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode()):
        raise BadSignature
    if int(expires) < time():
        raise Expired
    return Grant(int(expires), name)


def _variant_url(item: MediaFile, variant: str, window: tuple[int, int]) -> str:
    key = key_of(item, variant)
    return _signed(item.bucket, key, window, "") if key else ""


def key_of(item: MediaFile, variant: str) -> str:
    """A picture can stand for itself; a clip's file cannot stand for a picture of it.

    '' where there is none.
    """
    picture = "" if item.is_video else item.key
    candidates = {
        "thumbnail": (item.thumbnail_key, item.poster_key, picture),
        "poster": (item.poster_key, picture, item.thumbnail_key),
        "original": (item.key,),
        "filmstrip": (getattr(item, "filmstrip_key", ""),),
    }
    return next(filter(None, candidates[variant]), "")


def _window() -> tuple[int, int]:
    """Start and expiry, in Unix seconds, of what is signed now."""
    life = settings.SIGNED_URL_SECONDS
    step = life // 2
    start = int(time()) // step * step
    return start, start + life


def _signed(bucket: str, key: str, window: tuple[int, int], download_name: str) -> str:
    storage = buckets.bucket_named(bucket)
    if not isinstance(storage, FileBucket):
        return storage.signer.url(key, *window, download_name)
    return _local_url(bucket, key, str(window[1]), download_name)


def _local_url(bucket: str, key: str, expires: str, download_name: str) -> str:
    signature = _signature(bucket, key, expires, download_name)
    download = f"&{urlencode({'download': download_name})}" if download_name else ""
    place = f"{get_script_prefix()}media/{bucket}/{key}"
    return f"{place}?expires={expires}&signature={signature}{download}"


def _signature(bucket: str, key: str, expires: str, download_name: str) -> str:
    message = "\n".join((bucket, key, expires, download_name))
    digest = salted_hmac("ourvidz.media.urls", message, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def name_for_strangers(title: str, key: str) -> str:
    """What a file is kept as by somebody who is to learn its title and no more."""
    return f"{slugify(title)[:60].strip('-') or 'ourvidz'}{PurePosixPath(key).suffix}"


def _download_name(item: MediaFile, key: str) -> str:
    """Made of the item's title or prompt and the start of its id; plain ASCII."""
    words = slugify(str(item))[:60].strip("-") or "ourvidz"
    return f"{words}-{str(item.pk)[:8]}{PurePosixPath(key).suffix}"

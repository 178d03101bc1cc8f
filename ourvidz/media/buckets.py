"""The buckets by name: `workspace-temp`, `user-library`, `reference-images`, `uploads`.

Keys are relative to the bucket. Failures are OSErrors: FileNotFoundError for a missing key,
BucketError for a store that does not answer. A key that is not one is a ValueError.
"""

import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.storage import storages

from ourvidz.media.bucket_errors import BucketError
from ourvidz.media.storages import Bucket

# No part starts with a dot: those are `..`, and the names of files half written.
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_LONGEST_KEY = 200
ABANDONED_SECONDS = 24 * 3600


def checked(key: str) -> str:
    """`key`, or a ValueError where it could leave the bucket or not be kept as it is."""
    if len(key) > _LONGEST_KEY or not _KEY.fullmatch(key):
        raise ValueError(f"not a key: {key!r}")
    return key


def bucket_named(bucket: str) -> Bucket:
    """The storage behind a bucket's name; ValueError for any other name."""
    if bucket not in settings.BUCKETS:
        raise ValueError(f"not a bucket: {bucket!r}")
    return cast(Bucket, storages[bucket])


def store(bucket: str, key: str, source: Path | bytes, content_type: str) -> None:
    """Put a file or bytes under `key`; it appears whole or not at all."""
    bucket_named(bucket).store(checked(key), source, content_type)


def copy(from_bucket: str, from_key: str, to_bucket: str, to_key: str) -> None:
    """Copy on the store's own side; safe to repeat. FileNotFoundError if there is nothing."""
    target: Any = bucket_named(to_bucket)  # all buckets are of one kind (settings.STORAGE)
    target.copy_from(bucket_named(from_bucket), checked(from_key), checked(to_key))


def remove(bucket: str, keys: Iterable[str]) -> None:
    """Delete `keys`; those that are not there are fine."""
    bucket_named(bucket).remove([checked(key) for key in keys])


def open_file(bucket: str, key: str) -> BinaryIO:
    """A seekable file to read; the caller closes it."""
    return bucket_named(bucket).open_file(checked(key))


def exists(bucket: str, key: str) -> bool:
    return bucket_named(bucket).exists(checked(key))


def size(bucket: str, key: str) -> int:
    """Bytes."""
    return bucket_named(bucket).size(checked(key))


def each_key(bucket: str) -> Iterator[str]:
    """Every key, in no order, without holding them all."""
    return bucket_named(bucket).each_key()


def local_copy(bucket: str, key: str) -> AbstractContextManager[Path]:
    """A path to read from: the file itself, or a download that goes with the context."""
    return bucket_named(bucket).local_copy(checked(key))


def remove_partials(bucket: str, older_than_seconds: float = ABANDONED_SECONDS) -> int:
    """Delete what writers that died left half written; how many."""
    return bucket_named(bucket).remove_partials(older_than_seconds)


def ensure_buckets() -> None:
    """Create the buckets that are not there yet."""
    for bucket in settings.BUCKETS:
        bucket_named(bucket).ensure()


def check_bucket(bucket: str) -> None:
    """Write, read and delete a probe; BucketError with the remedy if any of it fails."""
    storage, key = bucket_named(bucket), f"probe/{secrets.token_hex(8)}.txt"
    try:
        storage.store(key, b"probe", "text/plain")
        with storage.open_file(key) as file:
            answer = file.read()
        storage.remove([key])
    except OSError as error:
        raise BucketError(f"Bucket {bucket} does not work: {error}. {storage.remedy}") from error
    if answer != b"probe":
        raise BucketError(f"Bucket {bucket} gave back other bytes. {storage.remedy}")

"""Files for strangers: what is shown of an asset, without what it says about how it was made.

Their keys tell nothing of the owner or the asset.
"""

import hashlib
import tempfile
from pathlib import Path, PurePosixPath
from typing import TypeVar
from uuid import uuid4

from library.models import LibraryAsset
from ourvidz.media import buckets, provenance
from ourvidz.media.models import MediaFile

COPIED = (
    "kind",
    "mime_type",
    "width",
    "height",
    "duration_seconds",
    "frames_per_second",
    "thumbhash",
)
Copy = TypeVar("Copy", bound=MediaFile)


def copied(asset: LibraryAsset, copy: Copy) -> Copy:
    """`copy` with the columns and files of `asset`, stored; its row is not in the database yet.

    MediaError or OSError, and nothing is stored, where the files cannot be read or copied.
    """
    for name in COPIED:
        setattr(copy, name, getattr(asset, name))
    stem = f"public/{uuid4().hex}"
    copy.key = stem + PurePosixPath(asset.key).suffix
    try:
        _store_plain(asset, copy)
        for name in ("thumbnail_key", "poster_key"):
            if key := getattr(asset, name):
                setattr(copy, name, f"{stem}.{name.removesuffix('_key')}.webp")
                buckets.copy(asset.bucket, key, copy.bucket, getattr(copy, name))
    except BaseException:
        buckets.remove(copy.bucket, copy.keys)
        raise
    return copy


def _store_plain(asset: LibraryAsset, copy: MediaFile) -> None:
    with tempfile.NamedTemporaryFile(suffix=PurePosixPath(asset.key).suffix) as plain:
        path = Path(plain.name)
        with buckets.local_copy(asset.bucket, asset.key) as original:
            provenance.strip(original, path)
        copy.bytes = path.stat().st_size
        with path.open("rb") as file:
            copy.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        buckets.store(copy.bucket, copy.key, path, asset.mime_type)

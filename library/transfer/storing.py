"""From a checked file on this machine to an asset in the library: files first, row second."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from library.models import LibraryAsset
from ourvidz.media import buckets
from ourvidz.media.description import describe


@contextmanager
def stored(owner_id: int, path: Path, **columns: Any) -> Iterator[LibraryAsset]:
    """A row whose files are in the bucket, to be saved in the block.

    Where the block raises, the files are removed again. MediaError for a file that is none.
    """
    asset = put(owner_id, path, **columns)
    try:
        yield asset
    except BaseException:
        buckets.remove(asset.bucket, asset.keys)
        raise


def put(owner_id: int, path: Path, **columns: Any) -> LibraryAsset:
    """Store the file with its small files, all or none; the row that goes with it, unsaved."""
    asset_id = uuid4()
    media, small_files = describe(f"{owner_id}/{asset_id}{path.suffix}", path)
    asset = LibraryAsset(id=asset_id, owner_id=owner_id, **{**columns, **media})
    try:
        buckets.store(asset.bucket, asset.key, path, asset.mime_type)
        for key, content in small_files.items():
            buckets.store(asset.bucket, key, content, "image/webp")
    except BaseException:
        buckets.remove(asset.bucket, asset.keys)
        raise
    return asset

"""An asset's file without what it tells about how it was made."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath
from tempfile import _TemporaryFileWrapper

from django.http import StreamingHttpResponse
from django.utils.text import slugify

from library.models import LibraryAsset
from ourvidz.media import buckets, provenance

BLOCK = 256 * 1024  # bytes


async def without_metadata(asset: LibraryAsset) -> StreamingHttpResponse:
    """The stripped file, sent block by block; OSError if its file cannot be read."""
    stripped = await asyncio.to_thread(_stripped, asset)
    response = StreamingHttpResponse(_blocks(stripped), content_type=asset.mime_type)
    response["Content-Disposition"] = f'attachment; filename="{_file_name(asset)}"'
    response["Content-Length"] = str(Path(stripped.name).stat().st_size)
    response["Cache-Control"] = "private, no-store"
    return response


def _stripped(asset: LibraryAsset) -> _TemporaryFileWrapper:
    """A temporary file, gone once it is closed."""
    # Closed by `_blocks`, or by the collector where the reader goes away before the first.
    file = tempfile.NamedTemporaryFile(suffix=PurePosixPath(asset.key).suffix)  # noqa: SIM115
    with buckets.local_copy(asset.bucket, asset.key) as path:
        provenance.strip(path, Path(file.name))
    return file


async def _blocks(file: _TemporaryFileWrapper) -> AsyncIterator[bytes]:
    with file:
        while block := await asyncio.to_thread(file.read, BLOCK):
            yield block


def _file_name(asset: LibraryAsset) -> str:
    words = slugify(asset.name)[:60].strip("-") or "ourvidz"
    return f"{words}-{str(asset.pk)[:8]}{PurePosixPath(asset.key).suffix}"

"""An asset's file without what it tells about how it was made."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath
from tempfile import _TemporaryFileWrapper

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.text import slugify

from library.models import LibraryAsset
from ourvidz.media import buckets, delivery, provenance
from ourvidz.media.probe import MediaError

BLOCK = 256 * 1024  # bytes
DAMAGED = "The file is damaged, so nothing can be taken out of it. Download it as it was made."


async def without_metadata(asset: LibraryAsset) -> HttpResponseBase:
    """The stripped file, sent block by block, or a sentence why there is none."""
    try:
        stripped = await asyncio.to_thread(_stripped, asset)
    except OSError as error:
        return delivery.unreadable(error)
    except MediaError:
        return delivery.refusal(422, DAMAGED)
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

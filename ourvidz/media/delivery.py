"""Sends files: those of folder buckets to whoever holds a signed URL, any to those whom a view
admits.

A signature is the permission: neither session nor database is asked. Files are read in threads
and sent block by block, since under ASGI Django would collect a synchronous stream in memory.
"""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from time import time
from typing import BinaryIO

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from ourvidz.media import buckets
from ourvidz.media.bucket_errors import BucketError
from ourvidz.media.ranges import NotSatisfiable, byte_range
from ourvidz.media.s3_reading import S3Reader
from ourvidz.media.storages import Bucket, FileBucket
from ourvidz.media.urls import BadSignature, Expired, Grant, granted

TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
}
BLOCK = 256 * 1024
SENT_AT_ONCE = 512 * 1024  # thumbnails and most pictures: one read, one message


@dataclass(frozen=True)
class Opened:
    """A file with what HTTP says of it. `modified` is in Unix seconds."""

    file: BinaryIO | S3Reader
    size: int
    modified: int
    etag: str


@require_safe
async def file(request: HttpRequest, bucket: str, key: str) -> HttpResponseBase:
    """The file at `key`, or the part of it that was asked for."""
    try:
        grant = granted(bucket, key, request.GET)
        _check_folder(bucket, key)
    except BadSignature:
        return refusal(403, "This link is not valid. Open the file from the studio again.")
    except Expired:
        return refusal(410, "This link has expired. Reload the page to get a new one.")
    except ValueError:
        return refusal(404, "There is no such file.")
    return await _send(request, bucket, key, _headers(key, grant))


async def send_to_admitted(
    request: HttpRequest, bucket: str, key: str, name: str
) -> HttpResponseBase:
    """The file at `key` to somebody whom a view admits, under `name` where it is kept.

    Browsers ask again each time, so that it is closed the moment that the view admits no more.
    From S3 it comes through here too: a URL of S3's own could not be taken back.
    """
    headers = _typed(key) | {"Cache-Control": "private, no-cache"}
    headers.setdefault("Content-Disposition", f'inline; filename="{name}"')
    return await _send(request, bucket, key, headers)


async def _send(
    request: HttpRequest, bucket: str, key: str, headers: dict[str, str]
) -> HttpResponseBase:
    storage = buckets.bucket_named(bucket)
    if settings.ACCEL_REDIRECT_PREFIX and isinstance(storage, FileBucket):
        target = f"{settings.ACCEL_REDIRECT_PREFIX.rstrip('/')}/{bucket}/{key}"
        return HttpResponse(headers={**headers, "X-Accel-Redirect": target})
    try:
        opened = await sync_to_async(_open, thread_sensitive=False)(storage, key)
    except OSError as error:
        return unreadable(error)
    return await _answer(request, opened, headers)


def _check_folder(bucket: str, key: str) -> None:
    """ValueError where there are no folders: S3's own URLs go to S3."""
    if not isinstance(buckets.bucket_named(bucket), FileBucket):
        raise ValueError(f"{bucket} is not a folder")
    buckets.checked(key)


def unreadable(error: OSError) -> HttpResponse:
    """Why a file of a bucket is not sent."""
    if isinstance(error, BucketError):
        return refusal(503, "The file cannot be read just now. Try again.")
    return refusal(404, "There is no such file.")


def refusal(status: int, reason: str) -> HttpResponse:
    """A sentence in the place of a file, that no browser keeps."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(reason, status=status, content_type="text/plain", headers=headers)


def _headers(key: str, grant: Grant) -> dict[str, str]:
    age = max(0, grant.expires - int(time()))
    headers = _typed(key) | {"Cache-Control": f"private, max-age={age}, immutable"}
    if grant.download_name:
        headers["Content-Disposition"] = f'attachment; filename="{grant.download_name}"'
    return headers


def _typed(key: str) -> dict[str, str]:
    """What the file is, so that no browser takes it for anything else."""
    headers = {
        "Content-Type": TYPES.get(PurePosixPath(key).suffix.lower(), "application/octet-stream"),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    if headers["Content-Type"] not in TYPES.values():
        headers["Content-Disposition"] = "attachment"
    return headers


async def _answer(request: HttpRequest, opened: Opened, headers: dict) -> HttpResponseBase:
    headers = headers | {
        "Accept-Ranges": "bytes",
        "ETag": opened.etag,
        "Last-Modified": http_date(opened.modified),
    }
    short = get_conditional_response(request, opened.etag, opened.modified)
    if short is None:
        try:
            start, end, status = _wanted(request, opened)
        except NotSatisfiable:
            short = refusal(416, "The file is shorter than that.")
            headers = {"Content-Range": f"bytes */{opened.size}"}
    if short is not None:
        opened.file.close()
        for name, value in headers.items():
            short[name] = value
        return short
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{opened.size}"
    headers["Content-Length"] = str(end - start)
    return await _body(request, Blocks(opened.file, start, end), status, headers)


def _wanted(request: HttpRequest, opened: Opened) -> tuple[int, int, int]:
    """Start, end and status: a range where one is asked for, of the file that is meant."""
    same_file = request.headers.get("If-Range", opened.etag) in (
        opened.etag,
        http_date(opened.modified),
    )
    header = request.headers.get("Range", "") if request.method == "GET" and same_file else ""
    part = byte_range(header, opened.size)
    return (*part, 206) if part else (0, opened.size, 200)


async def _body(
    request: HttpRequest, blocks: "Blocks", status: int, headers: dict
) -> HttpResponseBase:
    if request.method == "HEAD":
        blocks.close()
        return HttpResponse(status=status, headers=headers)
    if blocks.left <= SENT_AT_ONCE:
        content = await sync_to_async(b"".join, thread_sensitive=False)(blocks)
        return HttpResponse(content, status=status, headers=headers)
    stream = AsyncBlocks(blocks) if isinstance(request, ASGIRequest) else blocks
    return StreamingHttpResponse(stream, status=status, headers=headers)


class Blocks(Iterator[bytes]):
    """The bytes of a file from `start` to before `end`; closes it at the end."""

    def __init__(self, file: BinaryIO | S3Reader, start: int, end: int) -> None:
        file.seek(start)
        self.file = file
        self.left = end - start

    def __next__(self) -> bytes:
        block = self.file.read(min(BLOCK, self.left)) if self.left else b""
        self.left -= len(block)
        if not block:
            self.close()
            raise StopIteration
        return block

    def close(self) -> None:
        """Django calls it too when the reader goes away."""
        self.file.close()


class AsyncBlocks(AsyncIterator[bytes]):
    """The same, each block read in a thread."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.close = blocks.close

    async def __anext__(self) -> bytes:
        block = await sync_to_async(lambda: next(self.blocks, None), thread_sensitive=False)()
        if block is None:
            raise StopAsyncIteration
        return block


def _open(storage: Bucket, key: str) -> Opened:
    """OSError unless it is a plain file."""
    if not isinstance(storage, FileBucket):
        found = storage.reader(key)
        return Opened(found, found.size, found.modified, found.etag)
    file = Path(storage.path(key)).open("rb")  # noqa: SIM115 - `Blocks` closes it
    status = os.fstat(file.fileno())
    if not S_ISREG(status.st_mode):
        file.close()
        raise FileNotFoundError(key)
    etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
    return Opened(file, status.st_size, int(status.st_mtime), etag)

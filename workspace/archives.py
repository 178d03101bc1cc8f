"""Many assets as one zip, made while it is sent: memory stays flat whatever their number."""

import asyncio
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Generator, Sequence
from pathlib import PurePosixPath
from typing import IO, cast

from django.utils.text import slugify

from ourvidz.media import buckets
from workspace.models import WorkspaceAsset

BLOCK = 256 * 1024  # bytes
RUNNING_PER_USER = 2  # of this process
MISSING_NAME = "MISSING.txt"

_running: Counter[int] = Counter()


def may_start(user_id: int) -> bool:
    """Whether fewer than RUNNING_PER_USER of the user's zips are being sent."""
    return _running[user_id] < RUNNING_PER_USER


async def stream(user_id: int, assets: Sequence[WorkspaceAsset]) -> AsyncIterator[bytes]:
    """The zip, block by block; counts as running until it is sent or its reader has gone."""
    _running[user_id] += 1
    blocks = zipped(assets)
    try:
        while (block := await asyncio.to_thread(next, blocks, None)) is not None:
            yield block
    finally:
        _running[user_id] -= 1
        await asyncio.to_thread(blocks.close)


def zipped(assets: Sequence[WorkspaceAsset]) -> Generator[bytes, None, None]:
    """Stored, not compressed: pictures and clips are already.

    A file that cannot be read is left out, and named in MISSING.txt at the end.
    """
    sink = _Sink()
    missing = []
    with zipfile.ZipFile(cast(IO[bytes], sink), "w") as archive:
        for number, asset in enumerate(assets, start=1):
            name = name_of(asset, number)
            try:
                file = buckets.open_file(asset.bucket, asset.key)
            except OSError:
                missing.append(name)
                continue
            with file, archive.open(_entry(name, asset), "w") as target:
                while block := file.read(BLOCK):
                    target.write(block)
                    yield sink.taken()
        if missing:
            archive.writestr(MISSING_NAME, "Not in the store any more:\n" + "\n".join(missing))
    yield sink.taken()


def name_of(asset: WorkspaceAsset, number: int) -> str:
    """Plain ASCII made of the prompt's words and the seed; the number makes it the only one."""
    words = slugify(asset.prompt)[:60].strip("-") or "ourvidz"
    return f"{number:04d}-{words}-{asset.seed}{PurePosixPath(asset.key).suffix}"


def _entry(name: str, asset: WorkspaceAsset) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, asset.created_at.timetuple()[:6])
    entry.external_attr = 0o644 << 16
    entry.file_size = asset.bytes
    return entry


class _Sink:
    """What a ZipFile writes to; the bytes are taken out as they come."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back; ZipFile asks for it."""

    def taken(self) -> bytes:
        parts, self.parts = self.parts, []
        return b"".join(parts)

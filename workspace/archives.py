"""Many assets as one zip, made while it is sent (`ourvidz.media.archives`)."""

import zipfile
from collections.abc import Generator, Sequence
from pathlib import PurePosixPath
from typing import IO, cast

from django.utils.text import slugify

from ourvidz.media import buckets
from ourvidz.media.archives import BLOCK, Sink
from workspace.models import WorkspaceAsset

MISSING_NAME = "MISSING.txt"


def zipped(assets: Sequence[WorkspaceAsset]) -> Generator[bytes, None, None]:
    """Stored, not compressed: pictures and clips are already.

    A file that cannot be read is left out, and named in MISSING.txt at the end.
    """
    sink = Sink()
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

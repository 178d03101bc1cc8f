"""Copying files out of the buckets, several at a time, and only those that are not there yet."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from ourvidz.media import buckets
from ourvidz.operations.backup.folder import BackupFolder, sha256_of
from ourvidz.operations.backup.stored import StoredFile
from ourvidz.operations.backup.sums import Sums

AT_ONCE = 8  # most of the time is waiting for a disk or for S3
BATCH = 200

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Copy:
    """What became of a file: `bytes` long, or missing; `is_new` if it was copied just now."""

    file: StoredFile
    bytes: int = 0
    sha256: str = ""
    is_new: bool = False

    @property
    def is_missing(self) -> bool:
        return not self.sha256

    @property
    def is_damaged(self) -> bool:
        """Whether it is not what its row says."""
        return not self.is_missing and self.file.sha256 not in ("", self.sha256)


def copies(folder: BackupFolder, files: Iterable[StoredFile], sums: Sums) -> Iterator[Copy]:
    """Have each of `files` in the folder, and say what is there. OSError, BucketError."""

    def has(file: StoredFile) -> tuple[StoredFile, tuple[int, str] | None]:
        return file, sums.get(file.path)

    for copy in side_by_side(lambda known: _copied(folder, *known), map(has, files)):
        if not copy.is_missing:
            sums.put(copy.file.path, copy.bytes, copy.sha256)
        yield copy


def side_by_side(do: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """`map` by a few threads, in order, holding a batch of `items` at a time."""
    items = iter(items)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while batch := list(islice(items, BATCH)):
            yield from pool.map(do, batch)


def _copied(folder: BackupFolder, file: StoredFile, known: tuple[int, str] | None) -> Copy:
    """A file there is taken for the copy if its sum is right, or if nobody knows what is right.

    That is enough: files appear whole or not at all, and what has a name is not changed.
    """
    there = _summed(folder.path / file.path, known)
    if there and file.sha256 in ("", there[1]):
        return Copy(file, *there)
    try:
        with buckets.local_copy(file.bucket, file.key) as source:
            size, sha256 = source.stat().st_size, sha256_of(source)
            folder.bucket(file.bucket).store(file.key, source, "")
    except FileNotFoundError:
        return Copy(file)
    return Copy(file, size, sha256, is_new=True)


def _summed(path: Path, known: tuple[int, str] | None) -> tuple[int, str] | None:
    """Bytes and sum of a file that is there, read unless `known` is of one as long as it."""
    try:
        size = path.stat().st_size
        return known if known and known[0] == size else (size, sha256_of(path))
    except FileNotFoundError:
        return None

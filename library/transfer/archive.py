"""An archive from outside, looked at before anything of it is believed."""

import errno
import hashlib
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

from library.transfer import manifest
from library.transfer.manifest import AssetEntry, Manifest

BLOCK = 256 * 1024  # bytes
_NAME = re.compile(rf"{re.escape(manifest.NAME)}|{manifest.MEDIA}")
_LONGEST_ENTRY = 400  # bytes in the directory, of one that an export made
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile raises about archives that are cut off or made to harm.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OSError,
)
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_ENCRYPTED = 0x1


class ArchiveError(Exception):
    """The archive cannot be taken; the message says why and names the entry."""


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The zip and its manifest, which agree; ArchiveError where anything is wrong.

    The media are not read yet: `extracted` does.
    """
    with ExitStack() as stack:
        try:
            _check_directory(path)
            archive = stack.enter_context(zipfile.ZipFile(path))
            told = _manifest_of(archive)
            _check_agreement(archive, told)
        except _DAMAGE as error:
            _raise_unless_damaged(error)
            raise ArchiveError(
                "This is not a whole zip archive. Export or upload it again."
            ) from error
        yield archive, told


def extracted(archive: zipfile.ZipFile, entry: AssetEntry, folder: Path) -> Path:
    """The file of `entry`, whose size and SHA-256 are what the manifest says."""
    path = folder / f"media.{manifest.SUFFIXES[entry.mime_type]}"
    try:
        with archive.open(entry.file) as source, path.open("wb") as target:
            digest = _copy(source, target, entry.bytes)
    except _DAMAGE as error:
        _raise_unless_damaged(error)
        raise ArchiveError(f"{entry.file} is damaged. Export the archive again.") from error
    if digest != entry.sha256:
        raise ArchiveError(
            f"{entry.file} is not the file that the manifest names: its SHA-256 is another."
        )
    return path


def _raise_unless_damaged(error: Exception) -> None:
    """Where the disk failed, it is not the archive's fault. A seek to nowhere is."""
    if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
        raise error


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> str:
    """Copy `size` bytes and no more; the SHA-256 of what came."""
    digest, left = hashlib.sha256(), size
    while left and (block := source.read(min(BLOCK, left))):
        digest.update(block)
        target.write(block)
        left -= len(block)
    if left or source.read(1):
        raise ValueError("another size than was said")
    return digest.hexdigest()


def _check_directory(path: Path) -> None:
    """The directory at the zip's end is read into memory, so its size is looked at first."""
    most = (settings.ARCHIVE_ASSETS + 1) * _LONGEST_ENTRY
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 66_000))
        end = file.read()
    at = end.rfind(_END)
    if at < 0:
        raise ArchiveError("This is not a zip archive. Choose one that was exported here.")
    entries, length = struct.unpack("<HL", end[at + 10 : at + 16])
    if (wide := end.rfind(_END_64, 0, at)) >= 0:
        entries, length = struct.unpack("<QQ", end[wide + 32 : wide + 48])
    if entries > settings.ARCHIVE_ASSETS + 1 or length > most:
        raise ArchiveError(
            f"The archive has more than {settings.ARCHIVE_ASSETS:,} entries, which is the most. "
            "Export it in parts."
        )


def _manifest_of(archive: zipfile.ZipFile) -> Manifest:
    _check_entries(archive.infolist())
    try:
        info = archive.getinfo(manifest.NAME)
    except KeyError:
        raise ArchiveError(
            f"The archive has no {manifest.NAME}. Choose one that was exported here, unchanged."
        ) from None
    with archive.open(info) as file:
        content = file.read(manifest.LARGEST + 1)
    if len(content) > manifest.LARGEST:
        raise ArchiveError(f"{manifest.NAME} is too large. Export the archive in parts.")
    try:
        return manifest.read(content)
    except manifest.ManifestError as error:
        raise ArchiveError(str(error)) from error


def _check_entries(infos: list[zipfile.ZipInfo]) -> None:
    names: set[str] = set()
    for info in infos:
        name = info.orig_filename
        if not _NAME.fullmatch(name) or name != info.filename:
            raise ArchiveError(f"The archive has an entry that no export makes: {_shown(name)}.")
        if name in names:
            raise ArchiveError(f"The archive has two entries named {name}.")
        names.add(name)
        if info.compress_type not in _METHODS or info.flag_bits & _ENCRYPTED:
            raise ArchiveError(f"{name} is encrypted or packed in a way that is not read here.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise ArchiveError(f"{name} is a link, not a file.")
    if sum(info.file_size for info in infos) > settings.ARCHIVE_BYTES + manifest.LARGEST:
        raise ArchiveError("Unpacked, the archive is too large. Export it in parts.")


def _check_agreement(archive: zipfile.ZipFile, told: Manifest) -> None:
    """Every file is named by the manifest, and every name has its file, of the size it says."""
    there = {info.filename: info.file_size for info in archive.infolist()}
    del there[manifest.NAME]
    for entry in told.assets:
        size = there.pop(entry.file, None)
        if size is None:
            raise ArchiveError(f"{entry.file} is named by the manifest, but not in the archive.")
        if size != entry.bytes or size > settings.UPLOAD_CLIP_BYTES:
            raise ArchiveError(f"{entry.file} has {size:,} bytes, which it should not.")
    for missing in told.missing:
        there.pop(missing.file, None)
    if there:
        raise ArchiveError(f"{min(there)} is in the archive, but not named by the manifest.")


def _shown(name: str) -> str:
    """A hostile name as words for one line."""
    return "".join(one if one.isprintable() else "?" for one in name)[:80]

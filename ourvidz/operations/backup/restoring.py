"""Putting a backup back."""

import mimetypes
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from django.conf import settings

from ourvidz.media import buckets
from ourvidz.operations.backup import database
from ourvidz.operations.backup.copying import side_by_side
from ourvidz.operations.backup.folder import BackupError, BackupFolder, Manifest, sha256_of
from ourvidz.operations.backup.stored import StoredFile

State = Literal["new", "there", "damaged", "missing"]


@dataclass
class Restored:
    """What became of a backup's files; `lost` are those that it has not as it should."""

    number: int = 0
    new: int = 0
    lost: list[str] = field(default_factory=list)


def checked_manifest(folder: BackupFolder) -> Manifest:
    """What the folder has; BackupError unless it is whole and this studio can have it.

    The media files are not looked into here, for a studio without one of them is better than none.
    """
    manifest = folder.manifest()
    database.check_fits(manifest)
    for name, sha256 in (
        (manifest.database, manifest.database_sha256),
        (manifest.files, manifest.files_sha256),
    ):
        path = folder.path / name
        if not path.is_file() or sha256_of(path) != sha256:
            raise BackupError(
                f"{path} is missing or damaged: it is not what {folder.path} was made with. "
                "Restore from another backup."
            )
    return manifest


def put_files_back(
    folder: BackupFolder, manifest: Manifest, tell: Callable[[int, int], None], *, dry: bool
) -> Restored:
    """Have every file of the backup in its bucket; with `dry` only look. BucketError, OSError.

    What is there already as it was is left as it is, so that a restore can go on where it stopped.
    """
    restored = Restored()

    def put_back(file: StoredFile) -> tuple[StoredFile, State]:
        return file, _put_back(folder, file, dry)

    for file, state in side_by_side(put_back, _listed(folder, manifest)):
        restored.number += 1
        restored.new += state == "new"
        if state in ("damaged", "missing"):
            restored.lost.append(f"{state}: {file.path}")
        tell(manifest.number, restored.number)
    return restored


def _listed(folder: BackupFolder, manifest: Manifest) -> Iterator[StoredFile]:
    with (folder.path / manifest.files).open() as lines:
        for line in lines:
            sha256, _, path = line.rstrip("\n").partition("  ")
            _, bucket, key = path.split("/", 2)
            yield StoredFile(bucket, key, sha256)


def _put_back(folder: BackupFolder, file: StoredFile, dry: bool) -> State:
    source = folder.path / file.path
    try:
        if sha256_of(source) != file.sha256:
            return "damaged"
    except FileNotFoundError:
        return "missing"
    if _is_there(file, source.stat().st_size):
        return "there"
    if not dry:
        kind = mimetypes.guess_type(file.key)[0] or "application/octet-stream"
        buckets.store(file.bucket, file.key, source, kind)
    return "new"


def _is_there(file: StoredFile, size: int) -> bool:
    """Also by its sum: what was swapped is put right."""
    try:
        if buckets.size(file.bucket, file.key) != size:
            return False
        with buckets.local_copy(file.bucket, file.key) as there:
            return sha256_of(there) == file.sha256
    except FileNotFoundError:
        return False


def put_database_back(folder: BackupFolder, manifest: Manifest) -> None:
    database.provider().put_back(folder.path / manifest.database)


def put_secrets_back(folder: BackupFolder) -> list[str]:
    """The names of those that the backup has."""
    kept = sorted(folder.secrets.iterdir()) if folder.secrets.is_dir() else []
    for secret in kept:
        shutil.copy2(secret, Path(settings.VAR, secret.name))
    return [secret.name for secret in kept]

"""The folder of a backup: what lies where in it, and how a new backup takes the place of the last.

backup.json                    what the rest is; it is written last
database-MOMENT.sqlite3        or .dump, of PostgreSQL
files-MOMENT.sha256            what `sha256sum --check` reads
secrets/                       keys that were made and kept by the studio
media/BUCKET/KEY               the files; none is ever removed
sums.sqlite3                   what was read of them so far; may be deleted
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ourvidz import VERSION
from ourvidz.media.storages import FileBucket

FORMAT = 1
PRIVATE = 0o700  # there are password hashes and keys in it
MANIFEST = "backup.json"
NAMES = ("database-*", "files-*", "wanted-*")  # of drafts, finished or not


class BackupError(Exception):
    """Why there is no backup, or nothing can be put back; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup has. `database` and `files` are names in its folder, `bytes` of all files."""

    database: str
    database_sha256: str
    files: str
    files_sha256: str
    number: int
    bytes: int
    vendor: str
    migrations: list[str]
    made_at: str
    version: str = VERSION
    format: int = FORMAT


class BackupFolder:
    """Holds one whole backup, and while the next is made, what there is of it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def bucket(self, name: str) -> FileBucket:
        return FileBucket(self.path / "media" / name)

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    @property
    def sums(self) -> Path:
        return self.path / "sums.sqlite3"

    def manifest(self) -> Manifest:
        """That of the backup in the folder; BackupError if there is none that can be used."""
        try:
            told = json.loads((self.path / MANIFEST).read_text())
            if told["format"] != FORMAT:
                raise BackupError(
                    f"{self.path} was made by OurVidz {told['version']}, in a form that this "
                    f"version ({VERSION}) does not know. Install that one to put it back."
                )
            return Manifest(**told)
        except FileNotFoundError:
            raise BackupError(
                f"There is no whole backup in {self.path}: {MANIFEST} is missing. "
                "Name the folder that manage.py backup was given."
            ) from None
        except (ValueError, TypeError, KeyError) as error:
            raise BackupError(
                f"{self.path / MANIFEST} cannot be read ({error}). Take another backup."
            ) from error

    @contextmanager
    def draft(self, suffix: str) -> Iterator["Draft"]:
        """The names of a new backup; without `Draft.finish` all goes but the copied files."""
        self._make()
        with self._alone():
            draft = Draft(self, suffix)
            try:
                yield draft
            finally:
                draft.clear()

    def _make(self) -> None:
        try:
            self.path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise BackupError(f"{self.path} is not a folder. Name another one.") from None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The kernel lets go of the lock of a backup that was killed."""
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupError(
                    f"Another backup into {self.path} is running. Wait until it is done."
                ) from None
            yield


class Draft:
    """A backup that is being made. `wanted` has the files that rows name, one to a line."""

    def __init__(self, folder: BackupFolder, suffix: str) -> None:
        self.folder = folder
        self.made_at = datetime.now(UTC)
        moment = self.made_at.strftime("%Y%m%dT%H%M%S%fZ")
        self.database = folder.path / f"database-{moment}.{suffix}"
        self.files = folder.path / f"files-{moment}.sha256"
        self.wanted = folder.path / f"wanted-{moment}"
        self._kept: set[Path] = set()

    def finish(self, **told) -> Manifest:
        """Put it in the place of the former backup, all of it on disk before its name is."""
        manifest = Manifest(
            database=self.database.name,
            database_sha256=sha256_of(self.database),
            files=self.files.name,
            files_sha256=sha256_of(self.files),
            made_at=self.made_at.isoformat(timespec="seconds"),
            **told,
        )
        partial = self.folder.path / f"{MANIFEST}.part"
        partial.write_text(json.dumps(asdict(manifest), indent=2))
        os.sync()
        partial.replace(self.folder.path / MANIFEST)
        self._kept = {self.database, self.files}
        return manifest

    def clear(self) -> None:
        """Remove what was drafted; after `finish` instead what no backup needs any more."""
        mine = {self.database, self.files, self.wanted}
        former = {path for name in NAMES for path in self.folder.path.glob(name)}
        for path in (former if self._kept else mine) - self._kept:
            path.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

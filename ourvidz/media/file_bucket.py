"""A bucket as a folder."""

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, TypeVar

from django.core.files.storage import FileSystemStorage
from django.utils._os import safe_makedirs

FILE_MODE = 0o640  # the group may read, so that nginx can send files (ACCEL_REDIRECT_PREFIX)
FOLDER_MODE = 0o750
PARTIAL_SUFFIX = ".part"
PRUNED_MEANWHILE = 20  # times that the folder of a new file may vanish before it is an error

Made = TypeVar("Made")


class FileBucket(FileSystemStorage):
    """A folder whose files appear whole or not at all, under exactly the name asked for."""

    def __init__(self, location: Path | str, **options: Any) -> None:
        options = {
            "file_permissions_mode": FILE_MODE,
            "directory_permissions_mode": FOLDER_MODE,
            "allow_overwrite": True,
            **options,
        }
        super().__init__(location, **options)

    def _save(self, name: str, content) -> str:
        with self._written_whole(name) as file:
            for chunk in content.chunks():
                file.write(chunk)
        return name

    def delete(self, name: str) -> None:
        super().delete(name)
        self._prune(Path(self.path(name)).parent)

    def store(self, key: str, source: Path | bytes, content_type: str) -> None:
        """Write `source` under `key`. The type follows from the key's extension."""
        with self._written_whole(key) as file:
            if isinstance(source, bytes):
                file.write(source)
            else:
                with source.open("rb") as original:
                    shutil.copyfileobj(original, file, 1024 * 1024)

    def copy_from(self, bucket: "FileBucket", from_key: str, to_key: str) -> None:
        """A hard link where both lie on one disk: files are never changed in place."""
        source = Path(bucket.path(from_key))
        if not source.is_file():
            raise FileNotFoundError(f"no file {from_key}")
        partial = self._partial(to_key)
        try:
            self._in_folder_of(to_key, lambda: os.link(source, partial))
        except OSError:  # another disk, or a file system without links
            self.store(to_key, source, "")
            return
        os.replace(partial, self.path(to_key))
        # Renaming one link of a file onto another of the same file does nothing (POSIX).
        partial.unlink(missing_ok=True)
        _sync_folder(Path(self.path(to_key)).parent)

    def remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.delete(key)

    def open_file(self, key: str) -> BinaryIO:
        return Path(self.path(key)).open("rb")

    def each_key(self) -> Iterator[str]:
        for folder, _, names in os.walk(self.location):
            for name in names:
                if not name.endswith(PARTIAL_SUFFIX):
                    yield Path(folder, name).relative_to(self.location).as_posix()

    def remove_partials(self, older_than_seconds: float) -> int:
        """Delete what writers that were killed left behind; the number of files."""
        before = time.time() - older_than_seconds
        stale = [
            path
            for path in Path(self.location).rglob(f"*{PARTIAL_SUFFIX}")
            if path.stat().st_mtime < before
        ]
        for path in stale:
            path.unlink(missing_ok=True)
            self._prune(path.parent)
        return len(stale)

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        path = Path(self.path(key))
        if not path.is_file():
            raise FileNotFoundError(f"no file {key}")
        yield path

    def ensure(self) -> None:
        safe_makedirs(self.location, FOLDER_MODE, exist_ok=True)

    @property
    def remedy(self) -> str:
        return (
            f"Let the user that runs the studio write to {self.location}, "
            "and see that the disk is not full."
        )

    @contextmanager
    def _written_whole(self, key: str) -> Iterator[IO[bytes]]:
        """A new file that gets its name `key` only once it is complete and on disk."""
        final, partial = Path(self.path(key)), self._partial(key)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        descriptor = self._in_folder_of(key, lambda: os.open(partial, flags, FILE_MODE))
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, final)
        except BaseException:
            partial.unlink(missing_ok=True)
            self._prune(final.parent)
            raise
        _sync_folder(final.parent)

    def _partial(self, key: str) -> Path:
        final = Path(self.path(key))
        return final.with_name(f".{secrets.token_hex(8)}{PARTIAL_SUFFIX}")

    def _in_folder_of(self, key: str, make: Callable[[], Made]) -> Made:
        """`make()` a name in the folder of `key`, even while another process prunes it."""
        folder = Path(self.path(key)).parent
        for _ in range(PRUNED_MEANWHILE):
            with suppress(FileNotFoundError, FileExistsError):
                safe_makedirs(folder, FOLDER_MODE, exist_ok=True)
                return make()
        safe_makedirs(folder, FOLDER_MODE, exist_ok=True)
        return make()

    def _prune(self, folder: Path) -> None:
        """Remove `folder` and its parents below the bucket as far as they are empty."""
        root = Path(self.location)
        with suppress(OSError):
            while root in folder.parents:
                folder.rmdir()
                folder = folder.parent


def _sync_folder(folder: Path) -> None:
    """Put a rename on disk; nothing to do where the file is already deleted again."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

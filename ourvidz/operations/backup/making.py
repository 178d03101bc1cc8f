"""Making a backup."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection

from ourvidz.operations.backup import database
from ourvidz.operations.backup.copying import Copy, copies
from ourvidz.operations.backup.folder import PRIVATE, BackupFolder, Draft
from ourvidz.operations.backup.stored import StoredFile, named_files, unnamed_files
from ourvidz.operations.backup.sums import Sums

ROUNDS = 5
SECRETS = ("secret-key", "worker-key")  # those of settings that were made and kept


@dataclass
class Made:
    """What is in a backup; `missing` and `damaged` are those of the studio's own files."""

    number: int = 0
    bytes: int = 0
    new: int = 0
    missing: set[str] = field(default_factory=set)
    damaged: set[str] = field(default_factory=set)

    def count(self, copy: Copy) -> None:
        self.new += copy.is_new
        if copy.is_missing:
            self.missing.add(copy.file.path)
            return
        self.number, self.bytes = self.number + 1, self.bytes + copy.bytes
        if copy.is_damaged:
            self.damaged.add(copy.file.path)


def make(folder: BackupFolder, tell: Callable[[int, int], None]) -> Made:
    """Back up into `folder`; `tell` hears of how many files how many are there. BackupError.

    While files are copied some may go, with their rows. Then the database is taken again, until
    nothing that it names is missing, or only what the studio itself has lost.
    """
    provider = database.provider()
    with folder.draft(provider.SUFFIX) as draft, Sums(folder.sums) as sums:
        made, lost = Made(), None
        for _ in range(ROUNDS):
            total = _take_database(draft)
            made = _copy_files(draft, sums, made.new, partial(tell, total))
            if made.missing in (set(), lost):
                break
            lost = made.missing
        _keep_secrets(folder)
        draft.finish(
            number=made.number,
            bytes=made.bytes,
            vendor=connection.vendor,
            migrations=database.applied_migrations(),
        )
    return made


def wanting(folder: BackupFolder) -> tuple[int, int]:
    """How many files `make` would copy, as far as their names say, and of how many."""
    wanted = [(folder.path / file.path).is_file() for file in named_files()]
    return wanted.count(False), len(wanted)


def _take_database(draft: Draft) -> int:
    """The database and, of the same moment, the files that it names; their number."""
    provider = database.provider()
    draft.database.unlink(missing_ok=True)
    draft.database.touch(0o600)
    with provider.one_moment():
        provider.dump(draft.database)
        number = _note(draft.wanted, "w", named_files())
    return number + _note(draft.wanted, "a", unnamed_files())


def _note(path: Path, mode: str, files: Iterable[StoredFile]) -> int:
    with path.open(mode) as lines:
        return sum(bool(lines.write(file.line)) for file in files)


def _copy_files(draft: Draft, sums: Sums, new: int, tell: Callable[[int], None]) -> Made:
    made = Made(new=new)
    with draft.wanted.open() as lines, draft.files.open("w") as listed:
        wanted = map(StoredFile.of_line, lines)
        for done, copy in enumerate(copies(draft.folder, wanted, sums), start=1):
            made.count(copy)
            if not copy.is_missing:
                listed.write(f"{copy.sha256}  {copy.file.path}\n")
            tell(done)
    return made


def _keep_secrets(folder: BackupFolder) -> None:
    folder.secrets.mkdir(mode=PRIVATE, exist_ok=True)
    for name in SECRETS:
        if (kept := Path(settings.VAR, name)).is_file():
            shutil.copy2(kept, folder.secrets)

"""SQLite's part of a backup, by its own online backup."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from ourvidz.operations.backup.folder import BackupError

SUFFIX = "sqlite3"


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read within is of one moment; others go on writing."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            cursor.execute("SELECT count(*) FROM sqlite_master")  # the moment
            yield
        finally:
            cursor.execute("ROLLBACK")


def dump(path: Path) -> None:
    """The database of the moment as a file of its own, without a log beside it."""
    with _refusals(path), closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def put_back(path: Path) -> None:
    """Everything at once: whoever reads meanwhile sees the old database or the new one."""
    connection.ensure_connection()
    source = f"{path.resolve().as_uri()}?immutable=1"
    with (
        _refusals(connection.settings_dict["NAME"]),
        closing(sqlite3.connect(source, uri=True)) as kept,
    ):
        kept.backup(connection.connection)


@contextmanager
def _refusals(target: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BackupError(
            f"{target} could not be written ({error}). See that its disk is not full, and that "
            "nothing else uses it. Then run it again."
        ) from error

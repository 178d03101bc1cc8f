"""PostgreSQL's part of a backup, by its own programs."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.postgresql.client import DatabaseClient

from ourvidz.operations.backup.folder import BackupError

SUFFIX = "dump"
PATIENCE = "10s"


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read within is of one moment; others go on writing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def dump(path: Path) -> None:
    """The database of the moment, packed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        [moment] = cursor.fetchone()
    _run("pg_dump", f"--snapshot={moment}", "--format=custom", f"--file={path}")


def put_back(path: Path) -> None:
    """In place of all tables that there are. It is all there at once, or the database is empty."""
    _find("pg_restore")
    _drop_tables()
    connections_kept: Any = connection
    connections_kept.close_pool()  # with what its sessions remember of the tables
    _run("pg_restore", "--clean", "--if-exists", "--single-transaction", "--exit-on-error", path)


def _drop_tables() -> None:
    """Also those that the backup does not know, which would hold on to others."""
    names = connection.introspection.table_names()
    if not names:
        return
    tables = ", ".join(connection.ops.quote_name(name) for name in names)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            cursor.execute(f"DROP TABLE {tables} CASCADE")
    except OperationalError as error:
        raise BackupError(
            f"Something else is using the database ({error}). Stop every process of the studio."
        ) from error


def _run(program: str, *arguments: str | Path) -> None:
    """One of PostgreSQL's programs, on the studio's database."""
    words, secrets = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    *options, name = words[1:]
    command = [_find(program), *options, f"--dbname={name}", "--no-owner", "--no-privileges"]
    done = subprocess.run(  # noqa: S603 - PostgreSQL's, with paths of the operator's
        [*command, *arguments],
        env=os.environ | (secrets or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise BackupError(
            f"{program} failed: {done.stderr.strip()[-1000:]} It has to be of the server's version "
            "or newer, and needs the rights of the database's owner."
        )


def _find(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise BackupError(
            f"{program} is not on this machine. Install PostgreSQL's client programs "
            "(Debian: postgresql-client), or put their folder on PATH."
        )
    return found

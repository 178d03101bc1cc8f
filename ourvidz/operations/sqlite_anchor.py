"""One connection to SQLite's file that each process keeps for as long as it lives.

POSIX takes all locks of a file from a process that closes any descriptor of it. SQLite knows, and
puts off closing one while another connection of the process holds a lock. But it looks first and
closes later (`unixClose`; seen with 3.40, not with 3.51): a thread that takes its lock in between
loses it unawares, and most easily where memory-mapped pages are given back in between. Then
another process that closes the file takes itself for the last one and throws away the log with
what was committed: rows are lost, readers find the file too short ("disk I/O error").

With this connection there is a lock of the process at every moment, so SQLite closes none of its
descriptors but uses them again.
"""

import os
import sqlite3
from threading import Lock
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper

_kept: dict[tuple[int, int, int], sqlite3.Connection] = {}  # by process, device and inode
_mutex = Lock()


def keep(connection: BaseDatabaseWrapper, **signal: Any) -> None:
    """Hold the file of a new connection to SQLite; a receiver of `connection_created`."""
    if not isinstance(connection, DatabaseWrapper) or connection.is_in_memory_db():
        return
    name = str(connection.settings_dict["NAME"])
    with _mutex:
        file = os.stat(name)
        key = (os.getpid(), file.st_dev, file.st_ino)
        if key not in _kept:
            _kept[key] = _reader(name)


def _reader(name: str) -> sqlite3.Connection:
    """A connection that has read, and so has the lock that readers keep."""
    reader = sqlite3.connect(name, timeout=20, isolation_level=None, check_same_thread=False)
    reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return reader

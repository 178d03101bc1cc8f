"""How many parameters Django gives to one statement on SQLite: rows that are made together.

Django 5.2 keeps to 999, which SQLite left behind with 3.32; its next version asks, as this does.
"""

import sqlite3
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper

# What SQLite comes with. Some systems set it far higher, up to where a statement is too long.
MOST = 32_766


def raise_limit(connection: BaseDatabaseWrapper, **signal: Any) -> None:
    """Let a new connection to SQLite take what it can; a receiver of `connection_created`."""
    if isinstance(connection, DatabaseWrapper):
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        # The stubs have it read-only.
        connection.features.max_query_params = min(limit, MOST)  # type: ignore[misc]

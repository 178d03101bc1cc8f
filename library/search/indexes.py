"""Indexes that each database needs in its own form; made whenever they are missing.

After every `migrate`, for SQLite drops them when a migration rebuilds the table.
"""

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.transaction import atomic

from library.search import words
from library.search.columns import LEXEMES

# Words to assets. What the words alone do not decide is compared in the rows that they name.
_POSTGRESQL = f"""
CREATE INDEX IF NOT EXISTS library_search_words ON library_libraryasset
USING gin (({LEXEMES.format(column="search_text")}))
"""
# SQLite reads one owner's assets in the order of the page; what is compared as numbers it finds
# in the index itself, words in an index of their own (words.py).
_SQLITE = """
CREATE INDEX IF NOT EXISTS library_search_order ON library_libraryasset
(owner_id, created_at DESC, id DESC, steps, rating, favourite, width, height)
WHERE deleted_at IS NULL
"""
ROWS_LOOKED_AT = 1_000  # of each index: milliseconds, however large it is
# It held the texts as well, before there was an index of words.
_SQLITE_BEFORE = "DROP INDEX IF EXISTS library_search_scan"


def create_missing(sender, using: str = DEFAULT_DB_ALIAS, **kwargs) -> None:
    """Receiver of post_migrate."""
    connection = connections[using]
    if not {"search_text", "steps"} <= _columns(connection):
        return
    with atomic(using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL)
        if connection.vendor == "sqlite":
            cursor.execute(_SQLITE_BEFORE)
            cursor.execute(_SQLITE)
            words.create_missing(cursor)


def look_over(using: str = DEFAULT_DB_ALIAS) -> None:
    """Let SQLite see how its tables are filled; PostgreSQL looks by itself."""
    if connections[using].vendor == "sqlite":
        with connections[using].cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {ROWS_LOOKED_AT}")
            cursor.execute("ANALYZE")


def _columns(connection) -> set[str]:
    """Of the table now: migrations may have been taken back to before the search."""
    with connection.cursor() as cursor:
        if "library_libraryasset" not in connection.introspection.table_names(cursor):
            return set()
        found = connection.introspection.get_table_description(cursor, "library_libraryasset")
    return {column.name for column in found}

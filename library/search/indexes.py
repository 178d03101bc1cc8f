"""Indexes that each database needs in its own form; made whenever they are missing.

After every `migrate`, for SQLite drops them when a migration rebuilds the table.
"""

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.transaction import atomic

from library.search import postgresql_words, sqlite_words

# One owner's assets in the order of the page; what is compared as numbers both databases find in
# the index itself.
_ORDER = """
CREATE INDEX IF NOT EXISTS library_search_order ON library_libraryasset
(owner_id, created_at DESC, id DESC, steps, rating, favourite, width, height)
WHERE deleted_at IS NULL
"""
_ANALYZED = "SELECT MAX(CAST(stat AS integer)) FROM sqlite_stat1 WHERE tbl = 'library_libraryasset'"
_HAS_ANALYZED = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_stat1'"
# It held the texts as well, before there was an index of words.
_SQLITE_BEFORE = "DROP INDEX IF EXISTS library_search_scan"


def create_missing(sender, using: str = DEFAULT_DB_ALIAS, **kwargs) -> None:
    """Receiver of post_migrate."""
    connection = connections[using]
    if not {"search_text", "steps"} <= _columns(connection):
        return
    with atomic(using), connection.cursor() as cursor:
        cursor.execute(_ORDER)
        if connection.vendor == "postgresql":
            postgresql_words.create_missing(cursor)
        if connection.vendor == "sqlite":
            cursor.execute(_SQLITE_BEFORE)
            sqlite_words.create_missing(cursor)


def look_over(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Let SQLite see how its tables are filled, where a quarter is new; whether it did.

    PostgreSQL looks by itself. All rows, in seconds for a million: from a sample SQLite takes an
    owner of many assets for one of few, and reads all of them where it could take an asset's id.
    """
    if connections[using].vendor != "sqlite":
        return False
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM library_libraryasset")
        number, known = cursor.fetchone()[0], _analyzed(cursor)
        if abs(number - known) <= known // 4:
            return False
        cursor.execute("ANALYZE")
        return True


def _analyzed(cursor) -> int:
    """The number of assets when SQLite last looked."""
    cursor.execute(_HAS_ANALYZED)
    if not cursor.fetchone()[0]:
        return 0
    cursor.execute(_ANALYZED)
    return cursor.fetchone()[0] or 0


def _columns(connection) -> set[str]:
    """Of the table now: migrations may have been taken back to before the search."""
    with connection.cursor() as cursor:
        if "library_libraryasset" not in connection.introspection.table_names(cursor):
            return set()
        found = connection.introspection.get_table_description(cursor, "library_libraryasset")
    return {column.name for column in found}

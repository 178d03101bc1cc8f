"""Indexes that each database needs in its own form; made whenever they are missing.

After every `migrate`, for SQLite drops them when a migration rebuilds the table.
"""

from django.db import DEFAULT_DB_ALIAS, connections

from library.search.columns import LEXEMES

# Words to assets. What the words alone do not decide is compared in the rows that they name.
_POSTGRESQL = f"""
CREATE INDEX IF NOT EXISTS library_search_words ON library_libraryasset
USING gin (({LEXEMES.format(column="search_text")}))
"""
# SQLite reads one owner's assets in the order of the page, out of the index alone.
_SQLITE = """
CREATE INDEX IF NOT EXISTS library_search_scan ON library_libraryasset
(owner_id, created_at DESC, id DESC, search_text, steps, rating, favourite, width, height)
WHERE deleted_at IS NULL
"""


def create_missing(sender, using: str = DEFAULT_DB_ALIAS, **kwargs) -> None:
    """Receiver of post_migrate."""
    connection = connections[using]
    statement = {"postgresql": _POSTGRESQL, "sqlite": _SQLITE}.get(connection.vendor)
    columns = _columns(connection)
    if statement and {"search_text", "steps"} <= columns:
        with connection.cursor() as cursor:
            cursor.execute(statement)


def _columns(connection) -> set[str]:
    """Of the table now: migrations may have been taken back to before the search."""
    with connection.cursor() as cursor:
        if "library_libraryasset" not in connection.introspection.table_names(cursor):
            return set()
        found = connection.introspection.get_table_description(cursor, "library_libraryasset")
    return {column.name for column in found}

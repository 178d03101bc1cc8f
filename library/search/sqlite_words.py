"""SQLite's index of words: which assets have a word, one that begins so, or several in a row.

An FTS5 table without content of its own, kept by triggers. A row of it has a number, which the
table beside gives to an asset's id: SQLite may number the rows of the library itself anew.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.db import DEFAULT_DB_ALIAS, connections

from library.search.text import MARK
from library.search.words import Run

# With more assets than these it is faster to read them in the order of the page until it is full.
MOST = 5_000

_COUNT = """
SELECT COUNT(*) FROM (
    SELECT 1 FROM library_search_runs WHERE library_search_runs MATCH %s LIMIT %s
)
"""
_HOURS = """
SELECT substr(created_at, 1, 13), COUNT(*)
FROM library_search_runs JOIN library_search_row ON id = library_search_runs.rowid
WHERE library_search_runs MATCH %s AND owner_id = %s AND deleted_at IS NULL GROUP BY 1
"""
FOUND = """IN (
    SELECT asset_id FROM library_search_row WHERE id IN (
        SELECT rowid FROM library_search_runs WHERE library_search_runs MATCH %s
    )
)"""
_TABLES = (
    "DROP TABLE IF EXISTS library_search_words",  # it did not know which word follows which
    "DROP TABLE IF EXISTS library_search_runs",
    "DROP TABLE IF EXISTS library_search_row",
    # What is counted is in it too: a row of the library itself is ten times as long.
    """
    CREATE TABLE library_search_row (
        id integer PRIMARY KEY, asset_id char(32) NOT NULL UNIQUE,
        owner_id integer NOT NULL, created_at datetime NOT NULL, deleted_at datetime
    )
    """,
    # Spaces, signs and symbols between words are none of it: each would be in nearly every row.
    # One letter or two, as they are typed, have lists of their own: else all words that begin so
    # are put together first, in a second for a million assets.
    """
    CREATE VIRTUAL TABLE library_search_runs USING fts5(
        words, content='', columnsize=0, prefix='1 2',
        tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* C*' separators '\x1f'"
    )
    """,
    """
    INSERT INTO library_search_row (asset_id, owner_id, created_at, deleted_at)
    SELECT id, owner_id, created_at, deleted_at FROM library_libraryasset
    """,
    """
    INSERT INTO library_search_runs (rowid, words)
    SELECT numbered.id, asset.search_text
    FROM library_search_row AS numbered
    JOIN library_libraryasset AS asset ON asset.id = numbered.asset_id
    """,
)
_TRIGGERS = {
    "library_runs_inserted": """
        CREATE TRIGGER library_runs_inserted AFTER INSERT ON library_libraryasset BEGIN
            INSERT INTO library_search_row (asset_id, owner_id, created_at, deleted_at)
            VALUES (new.id, new.owner_id, new.created_at, new.deleted_at);
            INSERT INTO library_search_runs (rowid, words)
            SELECT id, new.search_text FROM library_search_row WHERE asset_id = new.id;
        END
    """,
    "library_runs_updated": """
        CREATE TRIGGER library_runs_updated AFTER UPDATE OF search_text ON library_libraryasset
        WHEN new.search_text <> old.search_text BEGIN
            INSERT INTO library_search_runs (library_search_runs, rowid, words)
            SELECT 'delete', id, old.search_text FROM library_search_row WHERE asset_id = old.id;
            INSERT INTO library_search_runs (rowid, words)
            SELECT id, new.search_text FROM library_search_row WHERE asset_id = new.id;
        END
    """,
    "library_runs_moved": """
        CREATE TRIGGER library_runs_moved
        AFTER UPDATE OF owner_id, created_at, deleted_at ON library_libraryasset BEGIN
            UPDATE library_search_row
            SET owner_id = new.owner_id, created_at = new.created_at, deleted_at = new.deleted_at
            WHERE asset_id = new.id;
        END
    """,
    "library_runs_deleted": """
        CREATE TRIGGER library_runs_deleted AFTER DELETE ON library_libraryasset BEGIN
            INSERT INTO library_search_runs (library_search_runs, rowid, words)
            SELECT 'delete', id, old.search_text FROM library_search_row WHERE asset_id = old.id;
            DELETE FROM library_search_row WHERE asset_id = old.id;
        END
    """,
}
_KNOWN_TRIGGERS = """
SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'library_libraryasset'
"""
# Of the index before this one.
_FORMER = {"library_search_inserted", "library_search_updated", "library_search_deleted"}


def create_missing(cursor) -> None:
    """Make the index of what is there, where a trigger is missing: nobody knows for how long."""
    cursor.execute(_KNOWN_TRIGGERS)
    there = {name for (name,) in cursor.fetchall()}
    if _TRIGGERS.keys() <= there:
        return
    for name in there & (_TRIGGERS.keys() | _FORMER):
        cursor.execute(f"DROP TRIGGER {name}")
    for statement in (*_TABLES, *_TRIGGERS.values()):
        cursor.execute(statement)


def expression(runs: Iterable[Run]) -> str:
    """What to match for all of `runs`; there is at least one."""
    return " AND ".join(map(_phrase, runs))


def are_few(matched: str, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether at most MOST assets, of all owners, match."""
    with connections[using].cursor() as cursor:
        cursor.execute(_COUNT, [matched, MOST + 1])
        return cursor.fetchone()[0] <= MOST


def hours(
    matched: str, owner_id: int, using: str = DEFAULT_DB_ALIAS
) -> Iterator[tuple[datetime, int]]:
    """Hours of UTC in which kept assets of an owner match, and how many."""
    with connections[using].cursor() as cursor:
        cursor.execute(_HOURS, [matched, owner_id])
        for hour, number in cursor.fetchall():
            yield datetime.fromisoformat(hour).replace(tzinfo=UTC), number


def _phrase(run: Run) -> str:
    """Its tokens in a row: the index cuts this text as it cut the assets'."""
    quoted = MARK.join(run.pieces).replace('"', '""')
    return f'"{quoted}"{"*" if run.goes_on else ""}'

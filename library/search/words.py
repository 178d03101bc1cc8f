"""SQLite's index of words: which assets have a word, or one that begins so.

An FTS5 table without content of its own, kept by triggers. A row of it has a number, which the
table beside gives to an asset's id: SQLite may number the rows of the library itself anew. Words
are cut where `library.search.text` has its marks, so they are those of PostgreSQL's index; as
there, what is found by words is compared letter by letter afterwards.
"""

from collections.abc import Iterable

from django.db import DEFAULT_DB_ALIAS, connections

# With more assets than these it is faster to read them in the order of the page until it is full.
MOST = 5_000
# A phrase may be rare though its words are not: then they would be read to the end.
MOST_OF_PHRASE = 50_000

_COUNT = """
SELECT COUNT(*) FROM (
    SELECT 1 FROM library_search_words WHERE library_search_words MATCH %s LIMIT %s
)
"""
FOUND = """IN (
    SELECT asset_id FROM library_search_row WHERE id IN (
        SELECT rowid FROM library_search_words WHERE library_search_words MATCH %s
    )
)"""
_TABLES = (
    "DROP TABLE IF EXISTS library_search_words",
    "DROP TABLE IF EXISTS library_search_row",
    "CREATE TABLE library_search_row (id integer PRIMARY KEY, asset_id char(32) NOT NULL UNIQUE)",
    """
    CREATE VIRTUAL TABLE library_search_words USING fts5(
        words, content='', columnsize=0, detail=none,
        tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Z* C*' separators '\x1f'"
    )
    """,
    "INSERT INTO library_search_row (asset_id) SELECT id FROM library_libraryasset",
    """
    INSERT INTO library_search_words (rowid, words)
    SELECT numbered.id, asset.search_text
    FROM library_search_row AS numbered
    JOIN library_libraryasset AS asset ON asset.id = numbered.asset_id
    """,
)
_TRIGGERS = {
    "library_search_inserted": """
        CREATE TRIGGER library_search_inserted AFTER INSERT ON library_libraryasset BEGIN
            INSERT INTO library_search_row (asset_id) VALUES (new.id);
            INSERT INTO library_search_words (rowid, words)
            SELECT id, new.search_text FROM library_search_row WHERE asset_id = new.id;
        END
    """,
    "library_search_updated": """
        CREATE TRIGGER library_search_updated AFTER UPDATE OF search_text ON library_libraryasset
        WHEN new.search_text <> old.search_text BEGIN
            INSERT INTO library_search_words (library_search_words, rowid, words)
            SELECT 'delete', id, old.search_text FROM library_search_row WHERE asset_id = old.id;
            INSERT INTO library_search_words (rowid, words)
            SELECT id, new.search_text FROM library_search_row WHERE asset_id = new.id;
        END
    """,
    "library_search_deleted": """
        CREATE TRIGGER library_search_deleted AFTER DELETE ON library_libraryasset BEGIN
            INSERT INTO library_search_words (library_search_words, rowid, words)
            SELECT 'delete', id, old.search_text FROM library_search_row WHERE asset_id = old.id;
            DELETE FROM library_search_row WHERE asset_id = old.id;
        END
    """,
}
_KNOWN_TRIGGERS = """
SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'library_libraryasset'
"""


def create_missing(cursor) -> None:
    """Make the index of what is there, where a trigger is missing: nobody knows for how long."""
    cursor.execute(_KNOWN_TRIGGERS)
    known = _TRIGGERS.keys() & {name for (name,) in cursor.fetchall()}
    if known == _TRIGGERS.keys():
        return
    for name in known:
        cursor.execute(f"DROP TRIGGER {name}")
    for statement in (*_TABLES, *_TRIGGERS.values()):
        cursor.execute(statement)


def expression(words: Iterable[str], beginnings: Iterable[str]) -> str:
    """What to match: all `words` and something that begins with each of `beginnings`."""
    return " AND ".join([*map(_quoted, words), *(f"{_quoted(start)}*" for start in beginnings)])


def are_few(matched: str, most: int, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether at most so many assets, of all owners, match."""
    with connections[using].cursor() as cursor:
        cursor.execute(_COUNT, [matched, most + 1])
        return cursor.fetchone()[0] <= most


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'

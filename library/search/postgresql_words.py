"""PostgreSQL's index of words: which assets have a word, one that begins so, or two in a row.

A GIN index of each asset's words, and of each two in a row as one of 65,536 signs: GIN does not
know where in a text a word stands, and to name each pair would make it several times as large.
"""

import json
from collections.abc import Iterable, Iterator
from hashlib import md5
from itertools import pairwise

from django.db import DEFAULT_DB_ALIAS, connections

from library.search.text import IS, MARK
from library.search.words import Run

# With more assets than these it is faster to read them in the order of the page until it is full.
MOST = 10_000

PAIR = "\x1c"  # before the sign of two words; white space to Python, so no text has it
SIGN = 4  # hexadecimal digits of it

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION library_search_lexemes(search_text text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_remove(pieces, '') || ARRAY(
        SELECT chr({ord(PAIR)}) || left(md5(word || chr({ord(MARK)}) || next), {SIGN}) FROM (
            SELECT word, lead(word, 2) OVER (ORDER BY place) AS next, place
            FROM unnest(pieces) WITH ORDINALITY AS numbered (word, place)
        ) AS words
        WHERE place % 2 = 0 AND next IS NOT NULL AND left(word, 1) <> chr({ord(IS)})
    ))
    FROM (SELECT string_to_array(search_text, chr({ord(MARK)})) AS pieces) AS cut
$$
"""  # noqa: S608 - nothing of a user's is in it
# Two expressions that PostgreSQL must read as the same: that of the index and that of the filter.
LEXEMES = "library_search_lexemes({column})"
_INDEX = f"""
CREATE INDEX IF NOT EXISTS library_search_runs ON library_libraryasset
USING gin (({LEXEMES.format(column="search_text")}))
"""
_FORMER = "DROP INDEX IF EXISTS library_search_words"
_KNOWN = "SELECT to_regclass('library_search_runs') IS NOT NULL"
_EXPECTED = f"""
EXPLAIN (FORMAT JSON)
SELECT 1 FROM library_libraryasset WHERE {LEXEMES.format(column="search_text")} @@ %s::tsquery
"""  # noqa: S608 - likewise


def create_missing(cursor) -> None:
    """Make the index of what is there, where there is none; PostgreSQL keeps it by itself."""
    cursor.execute(_KNOWN)
    if cursor.fetchone()[0]:
        return
    for statement in (_FORMER, _FUNCTION, _INDEX):
        cursor.execute(statement)


def expression(runs: Iterable[Run]) -> str:
    """What to match, as a tsquery, for all of `runs`; there is at least one."""
    return " & ".join(lexeme for run in runs for lexeme in _lexemes(run))


def are_few(matched: str, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether at most MOST assets, of all owners, match, as PostgreSQL's statistics say."""
    with connections[using].cursor() as cursor:
        cursor.execute(_EXPECTED, [matched])
        found = cursor.fetchone()[0]
    plans = json.loads(found) if isinstance(found, str) else found
    return plans[0]["Plan"]["Plan Rows"] <= MOST


def _lexemes(run: Run) -> Iterator[str]:
    yield from map(_quoted, run.words)
    yield from (_quoted(_sign(*pair)) for pair in pairwise(run.words))
    if run.beginning:
        yield f"{_quoted(run.beginning)}:*"


def _sign(word: str, following: str) -> str:
    digits = md5(f"{word}{MARK}{following}".encode(), usedforsecurity=False).hexdigest()
    return f"{PAIR}{digits[:SIGN]}"


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"

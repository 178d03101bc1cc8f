"""The query language: from what a person types to terms, or an error that names the column. Pure.

    boat "red sail" -night type:video steps:>30 tag:"two words" after:2026-10

All terms must hold. In quotes a quote is written twice. docs/search.md describes each field.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from library.search.fields import FIELDS, FieldValueError, Value

MOST_CHARACTERS = 1_000
MOST_TERMS = 50

_FIELD = re.compile(r"([^\W\d_]+):")
_BARE = re.compile(r"\S+")
_QUOTED = re.compile(r'"((?:[^"]|"")*+)"')


class QueryError(ValueError):
    """A query that cannot be read. `column` counts from 1; the message says what to do."""

    def __init__(self, column: int, message: str) -> None:
        self.column = column
        self.message = message
        super().__init__(f"Column {column}: {message}")


@dataclass(frozen=True)
class Text:
    """Words in title or prompt; `whole` when they were quoted."""

    words: str
    whole: bool = False


@dataclass(frozen=True)
class Term:
    """One condition, or its opposite."""

    condition: Text | Value
    negated: bool = False


def parse(query: str) -> list[Term]:
    """The terms of `query`, in order; QueryError at the first that cannot be read."""
    if len(query) > MOST_CHARACTERS:
        raise QueryError(
            MOST_CHARACTERS + 1,
            f"a search has at most {MOST_CHARACTERS} characters; this has {len(query)}.",
        )
    if "\0" in query:
        raise QueryError(query.index("\0") + 1, "remove the NUL character.")
    return list(_Reader(query).terms())


def written(name: str) -> str:
    """`name` as the value of a field: in quotes, where it needs them."""
    if name.startswith('"') or any(character.isspace() for character in name):
        return '"' + name.replace('"', '""') + '"'
    return name


class _Reader:
    """Walks over a query from left to right; `at` is where it stands."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.at = 0

    def terms(self) -> Iterator[Term]:
        self._skip_spaces()
        for _ in range(MOST_TERMS):
            if self.at == len(self.query):
                return
            yield self._term()
            self._skip_spaces()
        if self.at < len(self.query):
            raise QueryError(self.at + 1, f"a search has at most {MOST_TERMS} terms.")

    def _skip_spaces(self) -> None:
        while self.query[self.at : self.at + 1].isspace():
            self.at += 1

    def _term(self) -> Term:
        start = self.at
        negated = self.query[start] == "-"
        self.at += negated
        if negated and (self.at == len(self.query) or self.query[self.at].isspace()):
            raise QueryError(start + 1, 'write what to leave out right after "-", as in -night.')
        field = _FIELD.match(self.query, self.at)
        return Term(self._field(field) if field else self._text(), negated)

    def _text(self) -> Text:
        start = self.at
        words, whole = self._words()
        if not words.strip():
            raise QueryError(start + 1, "write something between the quotes.")
        return Text(words, whole)

    def _field(self, found: re.Match[str]) -> Value:
        start, name = self.at, found[1].lower()
        field = FIELDS.get(name)
        if field is None:
            raise QueryError(start + 1, _unknown(found[1]))
        self.at = found.end()
        ends = self.at == len(self.query) or self.query[self.at].isspace()
        value = "" if ends else self._words()[0].strip()
        if not value:
            raise QueryError(found.end() + 1, f"write a value after {name}: as in {field.example}.")
        try:
            return field.read(value)
        except FieldValueError as problem:
            raise QueryError(found.end() + 1, str(problem)) from problem

    def _words(self) -> tuple[str, bool]:
        """The next value and whether it stood in quotes."""
        if self.query[self.at] != '"':
            bare = _BARE.match(self.query, self.at)
            assert bare, "only called where something stands"
            self.at = bare.end()
            return bare[0], False
        quoted = _QUOTED.match(self.query, self.at)
        if not quoted:
            raise QueryError(self.at + 1, 'close this quote: add " at the end of the words.')
        self.at = quoted.end()
        return quoted[1].replace('""', '"'), True


def _unknown(name: str) -> str:
    known = ", ".join(FIELDS)
    return f'there is no field "{name}". Use {known}; or put the words in quotes: "{name}:…".'

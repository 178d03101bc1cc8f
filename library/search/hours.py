"""How much a search finds by the hour, where an index of words alone can say it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connections
from django.db.models import Model

from library.search import sqlite_words
from library.search.compiler import database_of, words_alone
from library.search.syntax import Term


def found_by_words(terms: Sequence[Term], owner: Model) -> Iterable[tuple[datetime, int]] | None:
    """Hours of UTC and how many kept assets of `owner` match; None where rows must be read.

    PostgreSQL's index names the rows, nothing else.
    """
    using = database_of(owner)
    matched = words_alone(terms)
    if not matched or connections[using].vendor != "sqlite":
        return None
    return sqlite_words.hours(matched, owner.pk, using)

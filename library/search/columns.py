"""Columns that follow the others of their row whenever it is saved, and how they are searched."""

from typing import Any

from django.db import models
from django.db.models import Lookup

from library.search import derived, words
from library.search.text import MARK

# Two expressions that PostgreSQL must read as the same: that of the index and that of the filter.
LEXEMES = "array_to_tsvector(array_remove(string_to_array({column}, chr(31)), ''))"


class SearchTextField(models.TextField):
    """What `library.search.text` makes of the asset's texts and facts."""

    def pre_save(self, model_instance: Any, add: bool) -> str:
        value = derived.text_of(model_instance)
        setattr(model_instance, self.attname, value)
        return value


class StepsField(models.PositiveIntegerField):
    """The steps among the asset's settings; None where they say none."""

    def pre_save(self, model_instance: Any, add: bool) -> int | None:
        value = derived.steps_of(model_instance)
        setattr(model_instance, self.attname, value)
        return value


@SearchTextField.register_lookup
class Has(Lookup):
    """The text contains this, letter by letter; `library.search.text` makes what to look for.

    PostgreSQL first asks the index for its words, then compares: the same rows, found faster.
    """

    lookup_name = "has"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        return f"instr({column}, %s) > 0", [*parameters, self.rhs]

    def as_postgresql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        contains, wanted = f"strpos({column}, %s) > 0", [*parameters, self.rhs]
        lexemes = lexemes_of(self.rhs)
        if not lexemes:
            return contains, wanted
        indexed = f"{LEXEMES.format(column=column)} @@ %s::tsquery"
        return f"({indexed} AND {contains})", [*parameters, lexemes, *wanted]


@SearchTextField.register_lookup
class Words(Lookup):
    """SQLite's index of words names the asset; the right side is an expression of its matching."""

    lookup_name = "words"
    prepare_rhs = False

    def as_sqlite(self, compiler, connection):
        table = compiler.quote_name_unless_alias(self.lhs.alias)
        return f'{table}."id" {words.FOUND}', [self.rhs]


def lexemes_of(wanted: str) -> str:
    """The words of what is looked for as a tsquery."""
    whole, beginnings = words_of(wanted)
    return " & ".join([*map(_quoted, whole), *(f"{_quoted(start)}:*" for start in beginnings)])


def words_of(wanted: str) -> tuple[list[str], list[str]]:
    """The words of what is looked for, and the last where no mark ends it: that may go on.

    What stands between two words is no word of its own, for text may begin or end in it.
    """
    pieces = wanted.split(MARK)
    whole = [piece for piece in pieces[1:-1] if any(map(str.isalnum, piece))]
    goes_on = len(pieces) > 1 and any(map(str.isalnum, pieces[-1]))
    return whole, pieces[-1:] if goes_on else []


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"

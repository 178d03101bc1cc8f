"""Columns that follow the others of their row whenever it is saved, and how they are searched."""

from typing import Any

from django.db import models
from django.db.models import Lookup

from library.search import derived, postgresql_words, sqlite_words


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
    """The text contains this, letter by letter; `library.search.text` makes what to look for."""

    lookup_name = "has"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        return self._contains("instr", compiler, connection)

    def as_postgresql(self, compiler, connection):
        return self._contains("strpos", compiler, connection)

    def _contains(self, function, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        return f"{function}({column}, %s) > 0", [*parameters, self.rhs]


@SearchTextField.register_lookup
class Words(Lookup):
    """The database's index of words names the asset; the right side is what it is to match."""

    lookup_name = "words"
    prepare_rhs = False

    def as_sqlite(self, compiler, connection):
        table = compiler.quote_name_unless_alias(self.lhs.alias)
        return f'{table}."id" {sqlite_words.FOUND}', [self.rhs]

    def as_postgresql(self, compiler, connection):
        column, parameters = self.process_lhs(compiler, connection)
        lexemes = postgresql_words.LEXEMES.format(column=column)
        return f"{lexemes} @@ %s::tsquery", [*parameters, self.rhs]

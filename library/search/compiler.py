"""From the terms of a query to a filter over one owner's assets."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time
from functools import reduce
from operator import and_
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from library.search import fields, postgresql_words, sqlite_words
from library.search.syntax import Term, Text
from library.search.text import folded, looked_for, named
from library.search.words import Run, decides, run_of

MOST_LINKS = 15_000  # read at once, in a tenth of a second

_INDEXES: dict[str, Any] = {"sqlite": sqlite_words, "postgresql": postgresql_words}
_LOOKUPS = {"=": "exact", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


def condition(terms: Iterable[Term], owner: Model) -> Q:
    """What an asset of `owner` must fulfil to match all `terms`.

    Days begin in the current time zone. One query more for `tag:` and `in:` terms each, on SQLite
    two, and one more for words.
    """
    terms = list(terms)
    return reduce(and_, (_of_term(term, owner) for term in terms), _rare_words(terms, owner))


def words_alone(terms: Iterable[Term]) -> str:
    """What SQLite's index is to match for all `terms`; nothing where it alone decides nothing."""
    terms = list(terms)
    wanted = [_wanted(term.condition) for term in terms]
    if not terms or any(term.negated for term in terms) or not all(map(decides, wanted)):
        return ""
    return sqlite_words.expression(_runs(wanted))


def _rare_words(terms: Iterable[Term], owner: Model) -> Q:
    """The index of words where it names few assets: it changes no result, only the way."""
    using = database_of(owner)
    index = _INDEXES.get(connections[using].vendor)
    runs = _runs(_wanted(term.condition) for term in terms if not term.negated)
    if not index or not runs:
        return Q()
    matched = index.expression(runs)
    return Q(search_text__words=matched) if index.are_few(matched, using) else Q()


def _runs(wanted: Iterable[str]) -> list[Run]:
    return [run for text in wanted if (run := run_of(text))]


def database_of(owner: Model) -> str:
    """The alias of the one that `owner` and their assets are in."""
    return owner._state.db or DEFAULT_DB_ALIAS


def _wanted(condition: Text | fields.Value) -> str:
    """What the search text contains of a condition on it; nothing of any other."""
    match condition:
        case Text(text, whole):
            return looked_for(text, whole=whole)
        case fields.Fact(name, value):
            return named(name, value)
    return ""


def _of_term(term: Term, owner: Model) -> Q:
    found = _COMPILERS[type(term.condition)](term.condition, owner)
    return ~found if term.negated else found


def _text(condition: Text | fields.Fact, owner: Model) -> Q:
    return Q(search_text__has=_wanted(condition))


def _number(number: fields.Number, owner: Model) -> Q:
    return Q(**{f"{number.name}__{_LOOKUPS[number.comparison]}": number.value})


def _size(size: fields.Size, owner: Model) -> Q:
    return Q(width=size.width, height=size.height)


def _long_side(side: fields.LongSide, owner: Model) -> Q:
    """The longer side is over a figure where either is; below it where both are."""
    if side.comparison == "=":
        return _long_side(fields.LongSide(">=", side.value), owner) & _long_side(
            fields.LongSide("<=", side.value), owner
        )
    lookup = _LOOKUPS[side.comparison]
    width, height = Q(**{f"width__{lookup}": side.value}), Q(**{f"height__{lookup}": side.value})
    return width | height if side.comparison.startswith(">") else width & height


def _favourite(favourite: fields.Favourite, owner: Model) -> Q:
    return Q(favourite=favourite.value)


def _tagged(tagged: fields.Tagged, owner) -> Q:
    tags = owner.tags
    links = tags.model.assets.through.objects.filter(tag__in=_named(tags, tagged.name))
    return _linked(links, "libraryasset_id", owner)


def _in_collection(place: fields.InCollection, owner) -> Q:
    places = owner.collections.kept()
    links = places.model.assets.through.objects.filter(collection__in=_named(places, place.name))
    return _linked(links, "asset_id", owner)


def _linked(links: QuerySet, column: str, owner: Model) -> Q:
    """Assets that `links` name in their `column`.

    Few of them SQLite is to read and put in order, for they may all be old; else it is to look for
    a link of each asset in the order of the page, until it is full. PostgreSQL chooses by itself.
    """
    links = links.order_by()
    sqlite = connections[database_of(owner)].vendor == "sqlite"
    if sqlite and links[: MOST_LINKS + 1].count() <= MOST_LINKS:
        return Q(pk__in=links.values(column))
    return Q(Exists(links.filter(**{column: OuterRef("pk")})))


def _named(rows, name: str) -> list:
    """Ids of those whose name is this in any case: only Python knows that for all letters."""
    wanted = folded(name)
    return [pk for pk, known in rows.values_list("pk", "name") if folded(known) == wanted]


def _saved(saved: fields.Saved, owner: Model) -> Q:
    start = timezone.make_aware(datetime.combine(saved.day, time.min)).astimezone(UTC)
    return Q(created_at__lt=start) if saved.before else Q(created_at__gte=start)


_COMPILERS: dict[type, Callable[..., Q]] = {
    Text: _text,
    fields.Fact: _text,
    fields.Number: _number,
    fields.Size: _size,
    fields.LongSide: _long_side,
    fields.Favourite: _favourite,
    fields.Tagged: _tagged,
    fields.InCollection: _in_collection,
    fields.Saved: _saved,
}

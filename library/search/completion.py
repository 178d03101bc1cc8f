"""What a box offers for the word that is being typed: fields, their values, own names."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import Count

from library.search.fields import FIELDS, Field
from library.search.syntax import written
from library.search.text import folded

MOST = 8
LONGEST_WORD = 200


@dataclass(frozen=True)
class Suggestion:
    """`text` takes the place of the word; `label` says what it is for."""

    text: str
    label: str


def complete(word: str, owner) -> list[Suggestion]:
    """At most MOST for `word`, which may begin with a minus and be cut off anywhere."""
    sign = "-" if word.startswith("-") else ""
    name, colon, begun = word[:LONGEST_WORD].removeprefix(sign).partition(":")
    field = FIELDS.get(name.lower())
    if not colon:
        found = _named(name, owner)
    elif field:
        found = _values(field, folded(_unquoted(begun)), owner)
    else:
        found = iter(())
    return [Suggestion(sign + item.text, item.label) for item in islice(found, MOST)]


def complete_tag(word: str, owner) -> list[Suggestion]:
    """At most MOST of the owner's tags, as they are written; the most used first."""
    begun = folded(word[:LONGEST_WORD].strip())
    used = owner.tags.annotate(uses=Count("assets")).order_by("-uses", "name")
    names = used.values_list("name", "uses")
    found = ((name, uses) for name, uses in names if begun and _begins(name, begun))
    return [
        Suggestion(name, f"{uses} asset{'' if uses == 1 else 's'}")
        for name, uses in islice(found, MOST)
    ]


def _named(begun: str, owner) -> Iterator[Suggestion]:
    start = folded(begun)
    yield from (
        Suggestion(f"{field.name}:", field.help)
        for field in FIELDS.values()
        if field.name.startswith(start)
    )
    if start:
        yield from _values(FIELDS["tag"], start, owner)


def _values(field: Field, begun: str, owner) -> Iterator[Suggestion]:
    for value, label in field.choices.items():
        if _begins(value, begun) or _begins(label, begun):
            yield Suggestion(f"{field.name}:{value}", label)
    for name in _own_names(field, owner):
        if _begins(name, begun):
            yield Suggestion(f"{field.name}:{written(name)}", field.help)


def _own_names(field: Field, owner) -> list[str]:
    owned = {"tag": owner.tags.all(), "in": owner.collections.kept()}
    if field.name not in owned:
        return []
    return sorted(owned[field.name].values_list("name", flat=True), key=folded)


def _begins(name: str, begun: str) -> bool:
    """Any of its words, so that `sea` finds "the sea"."""
    return f" {folded(name)}".find(f" {begun}") >= 0


def _unquoted(begun: str) -> str:
    """What stands in quotes that are not closed yet."""
    return begun[1:].replace('""', '"') if begun.startswith('"') else begun

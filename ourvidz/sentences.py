"""Plain sentences for what is wrong with a field: what it takes, never validator jargon."""

from collections.abc import Iterable, Mapping
from typing import Any

# What a field takes, by the start of pydantic's name for the error.
_BY_TYPE = {
    "missing": "This is needed.",
    "uuid": "Give an id.",
    "int": "Use a whole number.",
    "float": "Use a number.",
    "bool": "Send true or false.",
    "string": "Write text.",
    "date": "Give a date and time, such as 2030-01-31T12:00:00Z.",
    "list": "Send a list.",
    "dict": "Send an object.",
    "model": "Send an object.",
}
_ANYTHING_ELSE = "This value cannot be used here."


def field_errors(
    errors: Iterable[Mapping[str, Any]], rules: Mapping[str, str] | None = None
) -> dict[str, list[str]]:
    """Sentences by dotted field name, from pydantic's errors.

    `rules` says, by the last part of a field's name, what the field takes.
    """
    sentences: dict[str, list[str]] = {}
    for error in errors:
        # A default that depends on a field that is wrong is no error of its own.
        if error["type"] == "default_factory_not_called":
            continue
        name = ".".join(str(part) for part in error["loc"] if part != "[key]") or "body"
        sentence = sentence_for(error, rules or {})
        if sentence not in sentences.setdefault(name, []):
            sentences[name].append(sentence)
    return sentences


def sentence_for(error: Mapping[str, Any], rules: Mapping[str, str]) -> str:
    """What to do about one of pydantic's errors; those of type "plain" are ours already."""
    match error["type"]:
        case "plain":
            return error["msg"]
        case "extra_forbidden":
            return "There is no such setting. Remove it."
        case "string_too_long":
            return f"Shorten it to at most {error['ctx']['max_length']:,} characters."
        case "string_unicode":
            return "Remove characters that are not valid Unicode."
    named = [rules[part] for part in reversed(error["loc"]) if part in rules]
    return named[0] if named else _by_type(error)


def _by_type(error: Mapping[str, Any]) -> str:
    if error["type"] in {"enum", "literal_error"}:
        return f"Choose one of {error['ctx']['expected']}.".replace(" or ", ", ").replace("'", "")
    kind = error["type"].split("_")[0]
    return _BY_TYPE.get(kind, _ANYTHING_ELSE)

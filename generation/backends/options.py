"""A lane's options as one backend knows them."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

Options = TypeVar("Options")


def chosen(kind: type[Options], options: Mapping[str, Any]) -> Options:
    """`kind`, a dataclass, from those of `options` that it has fields for.

    A lane's settings hold the options of every backend that may serve it.
    """
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in options.items() if name in known})

"""What changed between two texts, word by word."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

_TOKEN = re.compile(r"\w+(?:['’-]\w+)*|\s+|[^\w\s]")  # noqa: RUF001 - the typographic apostrophe


class Piece(NamedTuple):
    """A run of text; `kind` is "kept", "removed" or "added"."""

    kind: str
    text: str


def word_diff(before: str, after: str) -> list[Piece]:
    """Pieces whose kept and removed ones join to `before`, whose kept and added to `after`."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        piece
        for kind, i, j, k, m in matcher.get_opcodes()
        for piece in _pieces(kind, "".join(old[i:j]), "".join(new[k:m]))
    ]


def _pieces(kind: str, old: str, new: str) -> Iterator[Piece]:
    if kind == "equal":
        yield Piece("kept", old)
        return
    if old:
        yield Piece("removed", old)
    if new:
        yield Piece("added", new)

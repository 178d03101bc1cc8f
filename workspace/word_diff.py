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
    changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [piece for change in changes for piece in _pieces(old, new, *change)]


def _pieces(
    old: list[str], new: list[str], kind: str, i: int, j: int, k: int, m: int
) -> Iterator[Piece]:
    """Those of one opcode: old[i:j] became new[k:m]."""
    if kind == "equal":
        yield Piece("kept", "".join(old[i:j]))
        return
    if i < j:
        yield Piece("removed", "".join(old[i:j]))
    if k < m:
        yield Piece("added", "".join(new[k:m]))

"""The `Range` header of RFC 9110, for one range of bytes."""

import re

_RANGE = re.compile(r"bytes=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII)


class NotSatisfiable(Exception):  # noqa: N818 - HTTP's own word
    """The range lies outside the file (416)."""


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """Start and end (exclusive) of what `header` asks of a file of `size` bytes.

    None for the whole file: no header, other units, several ranges or nonsense, all of
    which a server may ignore.
    """
    match = _RANGE.fullmatch(header)
    if not match or match[0].count("-") != 1 or not (match[1] or match[2]):
        return None
    if not match[1]:
        start, end = max(0, size - int(match[2])), size
    else:
        start, end = int(match[1]), int(match[2]) + 1 if match[2] else size
        if match[2] and end <= start:
            return None
    if start >= size or start == end:
        raise NotSatisfiable
    return start, min(end, size)

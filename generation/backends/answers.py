"""What a chat model says, brought down to the prompt that it was asked for."""

import re

_THOUGHTS = re.compile(r"<think>.*?(</think>|$)", re.DOTALL)
_LABEL = re.compile(r"^\W*(enhanced |improved |rewritten )?prompt\W*:\s*", re.IGNORECASE)
# Where a text that was broken off can end: after a phrase or a sentence.
_BREAK = re.compile(r"[,;]|[.!?](?=\s)")
_QUOTES = "\"'“”„«»` *"


def plain_answer(text: str, *, broken_off: bool = False) -> str:
    """`text` on one line, without thoughts, a label before it or quotes around it.

    One that was `broken_off` ends at its last comma or sentence, else its last whole word.
    """
    line = " ".join(_THOUGHTS.sub("", text).split())
    line = _LABEL.sub("", line).strip(_QUOTES)
    return _without_its_end(line) if broken_off else line


def _without_its_end(line: str) -> str:
    breaks = [found.start() for found in _BREAK.finditer(line)]
    return line[: breaks[-1]] if breaks else line.rpartition(" ")[0]

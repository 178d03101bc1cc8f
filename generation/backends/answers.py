"""What a chat model says, brought down to the prompt that it was asked for."""

import re

_THOUGHTS = re.compile(r"<think>.*?(</think>|$)", re.DOTALL)
_LABEL = re.compile(r"^\W*(enhanced |improved |rewritten )?prompt\W*:\s*", re.IGNORECASE)
_QUOTES = "\"'“”„«»` *"


def plain_answer(text: str) -> str:
    """`text` on one line, without thoughts, a label before it or quotes around it."""
    line = " ".join(_THOUGHTS.sub("", text).split())
    return _LABEL.sub("", line).strip(_QUOTES)

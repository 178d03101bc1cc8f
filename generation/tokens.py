"""How long a prompt is for a model, without loading the model's tokenizer."""

import re

_PIECE = re.compile(r"[A-Za-z]+|[^\sA-Za-z]")
_LETTERS_PER_TOKEN = 8


def count_tokens(text: str) -> int:
    """An estimate of CLIP's tokens for `text`, on the careful side.

    CLIP splits text into words, single digits and punctuation, and long words into pieces.
    Common words of up to about eight letters are one token; a character outside ASCII is
    one or two. The count of a text is the sum over its words, however they are joined by
    white space or punctuation.
    """
    return sum(_tokens_of(piece) for piece in _PIECE.findall(text))


def _tokens_of(piece: str) -> int:
    """Tokens of one ASCII word or of one other character."""
    if piece.isascii():
        return 1 + (len(piece) - 1) // _LETTERS_PER_TOKEN
    return 1 if ord(piece) < 0x0250 else 2  # Latin letters with marks; other scripts, emoji


def fit(text: str, budget: int) -> str:
    """`text` cut to `budget` tokens at a comma, or between words where there is none.

    One pass over the text, for it may be as long as a stranger's server likes.
    """
    end = _end_within(text, budget)
    if end is None:
        return text
    cuts = (text.rfind(separator, 0, end + 1) for separator in ", ")
    return text[: next((cut for cut in cuts if cut >= 0), 0)].rstrip(" ,")


def _end_within(text: str, budget: int) -> int | None:
    """Where the first piece begins that `budget` has no room for; None where all have."""
    for piece in _PIECE.finditer(text):
        budget -= _tokens_of(piece.group())
        if budget < 0:
            return piece.start()
    return None

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
    """`text` cut to `budget` tokens at a comma, or between words where there is none."""
    while text and count_tokens(text) > budget:
        separator = "," if "," in text else " "
        text = text.rpartition(separator)[0].rstrip(" ,")
    return text

"""The text that is searched, and the text that is looked for: both marked in the same way.

An asset's prompts and title are folded (NFKC, case, white space), and every word stands between
two marks; so "starts a word" and "is a word" are plain comparisons of text, which both databases
do alike, in any script. What is known by name (type, model, angle) stands behind the prompts as
words of their own, which nobody can type. Pure.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

MARK = "\x1f"  # white space to Python, so `folded` leaves none in what people wrote
IS, GAP = "\x1d", "\x1e"  # of a fact, likewise: no text and no search is taken for one
MOST_CHARACTERS = 20_000  # of one asset

# PostgreSQL takes at most 2046 bytes as one lexeme, so long runs are cut, of either kind.
LONGEST_RUN = 64
_WORD = re.compile(
    # Scripts without spaces between words: any character may begin what is looked for.
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\U00020000-\U0003ffff]"
    rf"|[^\W_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    rf"\U00020000-\U0003ffff]{{1,{LONGEST_RUN}}}"
)
_LONG_RUN_OF_SIGNS = re.compile(rf"([\W_]{{{LONGEST_RUN}}})[\W_]+")
_NOT_A_NAME = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """`text` as it is compared: in one case and form, with single spaces, without NUL."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _LONG_RUN_OF_SIGNS.sub(r"\1", " ".join(plain.replace("\0", " ").split()))


def marked(text: str) -> str:
    """`text` folded, with a mark before and after each word."""
    return _WORD.sub(rf"{MARK}\g<0>{MARK}", folded(text))


def looked_for(text: str, *, whole: bool) -> str:
    """What `marked` text contains that has `text` from the start of a word.

    With `whole` to the end of a word too; without, its last word may go on.
    """
    wanted = marked(text)
    return wanted if whole else wanted.removesuffix(MARK)


def named(name: str, value: str) -> str:
    """The start of a fact: that of `angle:low` begins those of low_angle and of low."""
    words = _NOT_A_NAME.sub(GAP, folded(value)).strip(GAP)
    return f"{MARK}{IS}{name}{IS}{words[:LONGEST_RUN]}{GAP}"


def search_text(texts: Iterable[str], facts: Mapping[str, str]) -> str:
    """All that an asset is found by: its texts, each on a line, and its facts."""
    lines: list[str] = []
    for line in map(marked, texts):
        if line and not any(line in other for other in lines):
            lines.append(line)
    written = "\n".join(lines)[:MOST_CHARACTERS]
    known = "".join(named(name, value) + MARK for name, value in facts.items() if value)
    return f"{written}\n{known}"

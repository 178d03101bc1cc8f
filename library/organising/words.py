"""The words of prompts, as suggestions of tags and groups of prompts read them. Pure."""

import re

from library.search.text import folded

_PHRASE = re.compile(r"[^,.;:!?()\[\]{}|/\"\u201c\u201d\n\u3001\u3002]+")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
SHORTEST, LONGEST = 3, 40  # letters of a word that says something

# Words that say nothing about a picture by themselves, and those of every other prompt.
_SILENT = frozenset(
    _WORD.findall(
        "a about above across after all along an and another any are around as at away back be "
        "before behind being below between but by can down during each few for from had has have "
        "her his in inside into is it its just like made many more most much near next no not of "
        "off on one only onto or other our out over own same several she so some such than that "
        "the their them then there these they this those three through to toward towards two "
        "under until up upon very was were what when where which while who whose will with "
        "within without your you "
        "detail detailed details high highly quality best masterpiece ultra image photo picture "
        "photograph render style very realistic resolution beautiful"
    )
)


def phrases(prompt: str) -> list[list[str]]:
    """The words of each part between signs; '' stands where a word says nothing."""
    parts = _PHRASE.findall(folded(prompt))
    return [[_telling(word) for word in _WORD.findall(part)] for part in parts]


def words(prompt: str) -> frozenset[str]:
    """What a prompt says, without order."""
    return frozenset(word for phrase in phrases(prompt) for word in phrase if word)


def _telling(word: str) -> str:
    return word if SHORTEST <= len(word) <= LONGEST and word not in _SILENT else ""

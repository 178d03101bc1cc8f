"""The fields of the query language: what each is called and which values it takes. Pure.

A field reads what was typed after its colon into a value, or raises FieldValueError with a sentence
that says what to write instead.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Comparison = Literal["=", ">", ">=", "<", "<="]

LARGEST = 2**63 - 1
_COMPARED = re.compile(r"(>=|<=|>|<|=)?(.*)", re.DOTALL)
_SIZE = re.compile(r"(\d{1,6})x(\d{1,6})", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", re.ASCII)


class FieldValueError(ValueError):
    """A value that its field does not take."""


@dataclass(frozen=True)
class Fact:
    """Something known by name: its words begin with `value`."""

    name: str
    value: str


@dataclass(frozen=True)
class Number:
    """A column compared with a whole number; assets without one never match."""

    name: str
    comparison: Comparison
    value: int


@dataclass(frozen=True)
class Size:
    """Exactly this many pixels."""

    width: int
    height: int


@dataclass(frozen=True)
class LongSide:
    """The longer side, in pixels, compared."""

    comparison: Comparison
    value: int


@dataclass(frozen=True)
class Favourite:
    value: bool


@dataclass(frozen=True)
class Tagged:
    """Has the owner's tag of this name, in any case."""

    name: str


@dataclass(frozen=True)
class InCollection:
    """Lies in a collection of the owner that has this name, in any case."""

    name: str


@dataclass(frozen=True)
class Saved:
    """Saved before the start of `day` in the reader's time zone, or from then on."""

    day: date
    before: bool


Value = Fact | Number | Size | LongSide | Favourite | Tagged | InCollection | Saved


@dataclass(frozen=True)
class Field:
    """How a field is read, and what its box offers. `choices` are values with their labels."""

    name: str
    help: str
    example: str
    read: Callable[[str], Value]
    choices: Mapping[str, str] = field(default_factory=dict)


def _choice(name: str, words: Mapping[str, str]) -> Callable[[str], Value]:
    def read(value: str) -> Value:
        if value.lower() not in words:
            raise FieldValueError(f'{name}: takes {_listed(words)}, not "{value}".')
        return Fact(name, value.lower())

    return read


def _fact(name: str) -> Callable[[str], Value]:
    def read(value: str) -> Value:
        if not any(letter.isalnum() for letter in value):
            raise FieldValueError(f'{name}: takes a word, not "{value}".')
        return Fact(name, value)

    return read


def _number(name: str, largest: int = LARGEST) -> Callable[[str], Value]:
    def read(value: str) -> Value:
        comparison, rest = _compared(value)
        return Number(name, comparison, _whole(name, rest, largest))

    return read


def _size(value: str) -> Value:
    exact = _SIZE.fullmatch(value.lower())
    if exact:
        return Size(int(exact[1]), int(exact[2]))
    comparison, rest = _compared(value)
    if not rest.isdecimal():
        raise FieldValueError(f'size: takes 1024x576, or >1000 for the longer side, not "{value}".')
    return LongSide(comparison, _whole("size", rest, 999_999))


def _favourite(value: str) -> Value:
    words = {"yes": True, "no": False}
    if value.lower() not in words:
        raise FieldValueError(f'fav: takes yes or no, not "{value}".')
    return Favourite(words[value.lower()])


def _before(value: str) -> Value:
    return Saved(_first_day("before", value), before=True)


def _after(value: str) -> Value:
    return Saved(_first_day("after", value), before=False)


def _first_day(name: str, value: str) -> date:
    """Of the year, month or day that `value` names."""
    found = _DATE.fullmatch(value)
    if not found or not 1970 <= int(found[1]) <= 9998:
        raise FieldValueError(f'{name}: takes 2026, 2026-10 or 2026-10-31, not "{value}".')
    try:
        return date(*(int(part or 1) for part in found.groups()))
    except ValueError:
        raise FieldValueError(f"{name}: no calendar has {value}; try 2026-10-31.") from None


def _compared(value: str) -> tuple[Comparison, str]:
    found = _COMPARED.fullmatch(value)
    assert found, "matches everything"
    return found[1] or "=", found[2].strip()  # type: ignore[return-value]


def _whole(name: str, text: str, largest: int) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise FieldValueError(f'{name}: takes a whole number, as in {name}:>=3, not "{text}".')
    if len(text) > len(str(largest)) or int(text) > largest:
        raise FieldValueError(f"{name}: takes a number up to {largest}.")
    return int(text)


def _listed(words: Mapping[str, str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}"


TYPES = {"image": "Pictures", "video": "Clips"}
QUALITIES = {"fast": "Fast", "high": "High"}
LANES = {"sdxl": "SDXL", "wan": "WAN 2.1", "chat": "Chat"}
SOURCES = {"generated": "Made here", "upload": "Uploaded", "import": "Imported"}
YES_OR_NO = {"yes": "Favourites", "no": "The others"}
# Width over height; an asset has the nearest of these, or none where all are far (derived.py).
RATIOS = {
    "16:9": "Wide",
    "9:16": "Tall",
    "1:1": "Square",
    "4:3": "Landscape",
    "3:4": "Portrait",
    "3:2": "Landscape",
    "2:3": "Portrait",
    "21:9": "Panorama",
}
# What is offered; any other word is looked for too. A test keeps them as the prompt bar has them.
MODELS = {"sdxl": "SDXL", "wan": "WAN 2.1"}
SHOTS = {"wide": "Wide", "medium": "Medium", "close": "Close"}
ANGLES = {
    "none": "No angle",
    "eye_level": "Eye level",
    "low_angle": "Low angle",
    "over_the_shoulder": "Over the shoulder",
    "overhead": "Overhead",
    "birds_eye": "Bird's eye",
}
STYLES = {
    "none": "No style",
    "cinematic": "Cinematic",
    "vintage": "Vintage",
    "low_key": "Low key",
    "indy": "Indy",
    "y2k": "Y2K",
    "pop": "Pop",
    "grunge": "Grunge",
    "dreamy": "Dreamy",
    "hand_drawn": "Hand drawn",
    "novel_2d": "2D novel",
    "boost": "Boost",
}
STARS = {">=4": "4 stars and more", ">=3": "3 stars and more", "5": "5 stars", "0": "Not rated"}

_ALL = (
    Field("type", "Picture or clip", "type:video", _choice("type", TYPES), TYPES),
    Field("tag", "One of your tags", "tag:sea", Tagged),
    Field("fav", "Favourites", "fav:yes", _favourite, YES_OR_NO),
    Field("rating", "Stars, 0 to 5", "rating:>=3", _number("rating", 5), STARS),
    Field("in", "A collection", 'in:"best of"', InCollection),
    Field("model", "The model", "model:sdxl", _fact("model"), MODELS),
    Field("quality", "Fast or high", "quality:high", _choice("quality", QUALITIES), QUALITIES),
    Field("style", "The style", "style:cinematic", _fact("style"), STYLES),
    Field("shot", "The shot", "shot:close", _fact("shot"), SHOTS),
    Field("angle", "The camera angle", "angle:low", _fact("angle"), ANGLES),
    Field("ratio", "The shape", "ratio:16:9", _choice("ratio", RATIOS), RATIOS),
    Field("size", "Pixels, or the longer side", "size:>1000", _size),
    Field("seed", "The seed", "seed:42", _number("seed")),
    Field("steps", "Sampling steps", "steps:>30", _number("steps")),
    Field("before", "Saved before", "before:2026-10", _before),
    Field("after", "Saved from then on", "after:2026-10-31", _after),
    Field("lane", "The kind of worker", "lane:wan", _choice("lane", LANES), LANES),
    Field("source", "Where it is from", "source:upload", _choice("source", SOURCES), SOURCES),
)
FIELDS = {known.name: known for known in _ALL}

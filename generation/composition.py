"""The prompt that a model is given: the creator's words and those that the controls add."""

import bisect
import re
from collections.abc import Iterable
from dataclasses import dataclass

from generation.requests import GenerationRequest
from generation.tokens import count_tokens
from generation.vocabulary import (
    PROMPT_BUDGET,
    CameraAngle,
    ColourGrading,
    Composition,
    Lighting,
    Mode,
    ShotType,
    Style,
    Texture,
)

# No phrase has a comma: each is one unit that is added, or is there already.
PHRASES: dict[str, dict[str, str]] = {
    "shot_type": {
        ShotType.WIDE: "wide shot",
        ShotType.MEDIUM: "medium shot",
        ShotType.CLOSE: "close-up shot",
    },
    "camera_angle": {
        CameraAngle.EYE_LEVEL: "eye level view",
        CameraAngle.LOW_ANGLE: "low angle view",
        CameraAngle.OVER_THE_SHOULDER: "over the shoulder view",
        CameraAngle.OVERHEAD: "overhead view",
        CameraAngle.BIRDS_EYE: "bird's eye view",
    },
    "style": {
        Style.CINEMATIC: "cinematic film still",
        Style.VINTAGE: "vintage photograph",
        Style.LOW_KEY: "low key photograph",
        Style.INDY: "indie film look",
        Style.Y2K: "Y2K aesthetic",
        Style.POP: "vivid pop art",
        Style.GRUNGE: "gritty grunge style",
        Style.DREAMY: "dreamy ethereal mood",
        Style.HAND_DRAWN: "hand drawn illustration",
        Style.NOVEL_2D: "2D visual novel art",
        Style.BOOST: "highly detailed masterpiece",
    },
    "lighting": {
        Lighting.NATURAL: "natural light",
        Lighting.STUDIO: "studio lighting",
        Lighting.DRAMATIC: "dramatic lighting",
        Lighting.SOFT: "soft lighting",
    },
    "composition": {
        Composition.RULE_OF_THIRDS: "rule of thirds composition",
        Composition.GOLDEN_RATIO: "golden ratio composition",
        Composition.SYMMETRICAL: "symmetrical composition",
        Composition.DYNAMIC: "dynamic composition",
    },
    "colour_grading": {
        ColourGrading.WARM: "warm colours",
        ColourGrading.COOL: "cool colours",
        ColourGrading.VINTAGE: "faded vintage colours",
        ColourGrading.MODERN: "clean modern colours",
        ColourGrading.CINEMATIC: "teal and orange colours",
    },
    "texture": {
        Texture.SMOOTH: "smooth texture",
        Texture.GRAINY: "film grain",
        Texture.TEXTURED: "rich texture",
        Texture.GLOSSY: "glossy finish",
    },
}
# The most motion that a phrase stands for, lowest first.
MOTION_PHRASES = (
    (0.2, "still camera"),
    (0.4, "slow gentle motion"),
    (0.6, "natural motion"),
    (0.8, "lively motion"),
    (1.0, "fast energetic motion"),
)

_COMMA = re.compile("[,，、]")  # noqa: RUF001 - the commas of Chinese and Japanese too
# A word ends before white space; scripts that are written without it may be cut anywhere.
_WORD_END = re.compile(r"(?<=\S)(?=\s)|(?<=[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")
_LOOSE_END = " \t\r\n,，、;"  # noqa: RUF001
_STYLE_TEXT_SHARE = 4  # free style text gets a quarter of the budget at most


@dataclass(frozen=True)
class Composed:
    """A composed prompt. `dropped` are the creator's phrases that had no room."""

    text: str
    tokens: int
    budget: int
    dropped: tuple[str, ...]


def compose(request: GenerationRequest, prompt: str | None = None) -> Composed:
    """The final prompt for `request`, from `prompt` (such as an enhanced one) or its own.

    What the controls add has its room first; the prompt is then cut at a comma, or between
    words where it has none in time. A phrase that the prompt has already is not added, so
    composing a composed prompt changes nothing.
    """
    budget = PROMPT_BUDGET[request.spec.lane]
    typed = (request.prompt if prompt is None else prompt).strip()
    style_text = _cut(request.style_text, budget // _STYLE_TEXT_SHARE)
    phrases = [*_control_phrases(request), *_phrases(style_text)]
    kept, added = _fit(typed, phrases, budget)
    text = ", ".join([kept, *added] if kept else added)
    dropped = (*_phrases(typed[len(kept) :]), *_phrases(request.style_text[len(style_text) :]))
    return Composed(text, count_tokens(text), budget, dropped)


def _fit(typed: str, phrases: list[str], budget: int) -> tuple[str, list[str]]:
    """As much of `typed` as there is room for beside those of `phrases` that it lacks."""
    added = _missing(phrases, typed)
    while True:
        room = budget - count_tokens("".join(f", {phrase}" for phrase in added))
        kept = _cut(typed, room)
        lacking = _missing(phrases, kept)
        if lacking == added:
            return kept, added
        added = lacking  # the cut took a phrase that was typed


def _control_phrases(request: GenerationRequest) -> list[str]:
    chosen = [PHRASES[name].get(getattr(request, name)) for name in PHRASES]
    if request.mode == Mode.VIDEO:
        chosen.append(next(phrase for most, phrase in MOTION_PHRASES if request.motion <= most))
    return [phrase for phrase in chosen if phrase]


def _phrases(text: str) -> list[str]:
    """The comma-separated parts of `text`."""
    return [phrase.strip(_LOOSE_END) for phrase in _COMMA.split(text) if phrase.strip(_LOOSE_END)]


def _missing(phrases: Iterable[str], text: str) -> list[str]:
    """Those of `phrases`, each once, that `text` does not have as one of its parts."""
    present = {phrase.casefold() for phrase in _phrases(text)}
    missing = {phrase.casefold(): phrase for phrase in phrases}
    return [phrase for key, phrase in missing.items() if key not in present]


def _cut(text: str, budget: int) -> str:
    """The longest start of `text` of at most `budget` tokens that ends at a comma.

    Where no comma comes in time it ends between words; a first word that is too long
    leaves nothing.
    """
    text = text.rstrip(_LOOSE_END)
    if count_tokens(text) <= budget:
        return text
    for boundary in (_COMMA, _WORD_END):
        ends = [match.start() for match in boundary.finditer(text)]
        fitting = bisect.bisect_right(ends, budget, key=lambda end: count_tokens(text[:end]))
        if fitting and (kept := text[: ends[fitting - 1]].rstrip(_LOOSE_END)).strip(_LOOSE_END):
            return kept
    return ""

"""A prompt enhancer by rules: no model, no network, always the same answer.

It adds what the lane's model is known to like, where the prompt does not say it already. It
does not understand the prompt; `is_preview` lets the interface say so.
"""

import re
from dataclasses import dataclass

from generation.backends.base import BackendError, EnhancementTask, Enhancer
from generation.tokens import count_tokens

_PEOPLE = re.compile(
    r"\b(wom[ae]n|m[ae]n|girls?|boys?|person|people|child(ren)?|lady|ladies|portraits?|faces?|"
    r"figures?|dancers?|knights?|models?|king|queen|couple|astronauts?|samurai|she|he)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Addition:
    """A phrase to add, unless the prompt already has one of the words it is about."""

    phrase: str
    about: tuple[str, ...]
    sentence: str  # the same in a flowing sentence

    def is_said_in(self, text: str) -> bool:
        """Whether `text` speaks of this already, by any word that starts as it does."""
        words = _WORD.findall(text.lower())
        return any(word.startswith(stem) for stem in self.about for word in words)


def _addition(phrase: str, about: str, sentence: str) -> Addition:
    return Addition(phrase, tuple(about.split()), sentence)


_SUBJECT = _addition("clear main subject", "subject", "The main subject stands out clearly")
_DETAIL = _addition("intricate detail", "detail intricate", "with intricate detail")
_ANATOMY = _addition(
    "natural anatomy and proportions", "anatom proportion", "with natural anatomy and proportions"
)
_HANDS = _addition("well-formed hands", "hand finger", "and well-formed hands")
_LIGHT = _addition(
    "soft directional light",
    "light lit glow sun neon moon candle shadow backlit",
    "in soft directional light with gentle shadows",
)
_DEPTH = _addition("sense of depth", "depth perspective", "and a sense of depth")
_QUALITY = _addition("sharp focus", "sharp focus blurr", "The picture is in sharp focus")
_FINISH = _addition(
    "high quality, rich colour",
    "quality masterpiece colour color palette monochrome",
    "of high quality, in rich natural colour",
)
_MOTION = _addition(
    "natural smooth motion",
    "motion mov walk run fly drift flow danc sway swim rid fall",
    "Everything moves naturally and smoothly",
)
_STEADY = _addition(
    "consistent subject from frame to frame",
    "consisten stable temporal",
    "and the subject stays consistent from frame to frame",
)
_FLICKER = _addition("no flicker", "flicker", "without flicker")
_CAMERA = _addition(
    "slow steady camera move",
    "camera pan dolly zoom track orbit handheld tilt crane",
    "The camera moves slowly and steadily",
)
_PACE = _addition("even pace", "pace slow fast quick", "at an even pace")

_SDXL = (_SUBJECT, _DETAIL, _ANATOMY, _HANDS, _LIGHT, _DEPTH, _QUALITY, _FINISH)
_WAN = (_MOTION, _PACE, _STEADY, _FLICKER, _CAMERA, _LIGHT, _ANATOMY)
_ABOUT_PEOPLE = (_ANATOMY, _HANDS)
# What `base` adds: the first need of each lane and no more.
_BASE = (_ANATOMY, _LIGHT, _QUALITY, _MOTION, _STEADY, _CAMERA)


class RulesEnhancer(Enhancer):
    """Enriches prompts by fixed rules, for installations without a chat model."""

    name = "rules"
    is_preview = True

    def enhance(self, task: EnhancementTask) -> str:
        """The prompt as it was written, then what it leaves unsaid, within the budget."""
        prompt = " ".join(task.prompt.split())
        if not prompt:
            raise BackendError("There is nothing to improve: the prompt is empty.")
        return _within(prompt, _pieces(prompt, task), task.budget)


def _pieces(prompt: str, task: EnhancementTask) -> list[str]:
    """What to append, in order, each with the mark that joins it to what stands before."""
    additions = _missing(prompt, _WAN if task.model == "wan" else _SDXL)
    if task.method == "base":
        return [f", {addition.phrase}" for addition in additions if addition in _BASE]
    return _sentences(prompt, additions)


def _missing(prompt: str, additions: tuple[Addition, ...]) -> list[Addition]:
    """The additions that the prompt does not speak of; anatomy only where there are people."""
    peopled = _PEOPLE.search(prompt) is not None
    return [
        addition
        for addition in additions
        if not addition.is_said_in(prompt) and (peopled or addition not in _ABOUT_PEOPLE)
    ]


def _sentences(prompt: str, additions: list[Addition]) -> list[str]:
    """The additions as sentences: each that starts with a capital begins a new one."""
    pieces: list[str] = []
    for addition in additions:
        starts = addition.sentence[0].isupper()
        if starts:
            joint = " " if not pieces and prompt[-1] in ".!?" else ". "
            pieces.append(joint + addition.sentence)
        else:
            pieces.append(f", {addition.sentence}")
    return [*pieces, "."] if pieces else []


def _within(prompt: str, pieces: list[str], budget: int) -> str:
    """The prompt with as many pieces as fit; a prompt that is itself too long ends at a comma."""
    if count_tokens(prompt) > budget:
        return _shortened(prompt, budget)
    text = prompt
    for piece in pieces:
        if count_tokens(text + piece) > budget:
            break
        text += piece
    return text


def _shortened(prompt: str, budget: int) -> str:
    """The longest start of the prompt that ends at a comma, else at a word, and fits."""
    for separator in (",", " "):
        parts = prompt.split(separator)
        for count in range(len(parts) - 1, 0, -1):
            start = separator.join(parts[:count]).rstrip()
            if count_tokens(start) <= budget:
                return start
    return prompt

"""Plain sentences for what is wrong with a field: what it takes, never validator jargon."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import TextChoices

from generation import vocabulary as words


def _one_of(choices: type[TextChoices]) -> str:
    return f"Choose one of {', '.join(choices.values)}."


_STRENGTH = (
    f"Use {words.STRENGTH_MINIMUM} to {words.STRENGTH_MAXIMUM} in steps of "
    f"{words.STRENGTH_STEP}, or 0.95 for a copy."
)
_WEIGHT = f"Use a weight from {words.WEIGHT_MINIMUM} to {words.WEIGHT_MAXIMUM}."

RULES = {
    "prompt": "Write a prompt.",
    "negative_prompt": "Write text, or leave it out.",
    "style_text": "Write text, or leave it out.",
    "mode": _one_of(words.Mode),
    "model": _one_of(words.Model),
    "quality": _one_of(words.Quality),
    "enhancement": _one_of(words.EnhancementMethod),
    "enhancement_only": "Send true or false.",
    "batch_size": "Choose 1, 3 or 6 images.",
    "aspect_ratio": _one_of(words.AspectRatio),
    "steps": f"Use a whole number from {words.STEPS_MINIMUM} to {words.STEPS_MAXIMUM}.",
    "guidance": (
        f"Use {words.GUIDANCE_MINIMUM:g} to {words.GUIDANCE_MAXIMUM:g} "
        f"in steps of {words.GUIDANCE_STEP}."
    ),
    "seed": f"Use a whole number from 0 to {words.SEED_MAXIMUM}, or leave it out for a random one.",
    "seed_locked": "Send true or false.",
    "shot_type": _one_of(words.ShotType),
    "camera_angle": _one_of(words.CameraAngle),
    "style": _one_of(words.Style),
    "lighting": _one_of(words.Lighting),
    "composition": _one_of(words.Composition),
    "colour_grading": _one_of(words.ColourGrading),
    "texture": _one_of(words.Texture),
    "length_seconds": "Choose 5 or 10 seconds.",
    "motion": "Use 0 (still camera) to 1 (strong movement).",
    "content_mode": _one_of(words.ContentMode),
    "term_weights": f'Send terms with weights, such as {{"boat": 1.3}}. {_WEIGHT}',
    "url": "Give a web address that starts with http:// or https://.",
    "asset_id": "Give the id of one of your assets.",
    "upload_id": "Give the upload_id that POST references answered with.",
    "kind": _one_of(words.ReferenceKind),
    "strength": _STRENGTH,
}
_REFERENCE = "Send an object with one of url, asset_id or upload_id."


def field_errors(errors: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Sentences by dotted field name, from pydantic's errors."""
    sentences: dict[str, list[str]] = {}
    for error in errors:
        # A default that depends on a field that is wrong is no error of its own.
        if error["type"] == "default_factory_not_called":
            continue
        name = ".".join(str(part) for part in error["loc"] if part != "[key]")
        sentence = sentence_for(error)
        if sentence not in sentences.setdefault(name, []):
            sentences[name].append(sentence)
    return sentences


def sentence_for(error: Mapping[str, Any]) -> str:
    """What to do about one of pydantic's errors."""
    match error["type"]:
        case "plain":
            return error["msg"]
        case "extra_forbidden":
            return "There is no such setting. Remove it."
        case "string_too_long":
            return f"Shorten it to at most {error['ctx']['max_length']:,} characters."
        case "string_unicode":
            return "Remove characters that are not valid Unicode."
    return _rule_for(error["loc"])


def _rule_for(path: tuple[str | int, ...]) -> str:
    """What the field at `path` takes."""
    if path[0] == "term_weights" and len(path) > 1:
        return _WEIGHT
    return RULES.get(str(path[-1]), _REFERENCE)

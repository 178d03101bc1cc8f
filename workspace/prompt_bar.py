"""What the prompt bar offers, and how its fields are called."""

from typing import Any

from generation import vocabulary as words
from generation.choosing import default_offer
from generation.controls import controls_of
from generation.models import Job
from generation.offers import Offer, offers
from workspace import content_modes
from workspace.looks import LOOKS

WORDS_SHOWN = 40
LABELS = {
    "prompt": "Prompt",
    "negative_prompt": "Negative prompt",
    "mode": "Mode",
    "model": "Model",
    "quality": "Quality",
    "batch_size": "Batch size",
    "aspect_ratio": "Aspect ratio",
    "steps": "Steps",
    "guidance": "Guidance",
    "seed": "Seed",
    "seed_locked": "Seed lock",
    "shot_type": "Shot type",
    "camera_angle": "Camera angle",
    "style": "Style",
    "style_text": "Own style",
    "lighting": "Lighting",
    "composition": "Composition",
    "colour_grading": "Colour grading",
    "texture": "Texture",
    "reference": "Reference",
    "style_reference": "Style reference",
    "start_reference": "Start frame",
    "end_reference": "End frame",
    "length_seconds": "Length",
    "motion": "Motion",
    "content_mode": "Content",
    "enhancement": "Enhancement",
    "term_weights": "Term weights",
}
CHOICES = {
    "quality": words.Quality,
    "aspect_ratio": words.AspectRatio,
    "shot_type": words.ShotType,
    "camera_angle": words.CameraAngle,
    "style": words.Style,
    "lighting": words.Lighting,
    "composition": words.Composition,
    "colour_grading": words.ColourGrading,
    "texture": words.Texture,
    "enhancement": words.EnhancementMethod,
}
SHOWN_APART = {"prompt", "negative_prompt", "seed", "mode", "model", "content_mode"}
SELECTS = ("lighting", "composition", "colour_grading", "texture", "enhancement")
EXAMPLES = (
    "A lighthouse on a cliff by the sea at golden hour, birds in the wind",
    "Neon city in the rain at night, a woman with an umbrella, reflections",
    "Still life with oranges and a blue vase, soft morning light",
)


def context() -> dict[str, Any]:
    """What the bar's template needs."""
    offered = offers()
    return {
        **content_modes.context(),
        "choices": {name: choices.choices for name, choices in CHOICES.items()},
        "selects": [(name, LABELS[name], CHOICES[name].choices) for name in SELECTS],
        "offers": offered,
        "models": {offer.model.name: _offered(offer) for offer in offered},
        "starting_model": default_offer(offered, words.Mode.IMAGE).model.name if offered else "",
        "looks": LOOKS,
        "reference_kinds": words.ReferenceKind.choices,
        "examples": EXAMPLES,
    }


def _offered(offer: Offer) -> dict[str, Any]:
    """What the bar shows while the model is chosen; reasons stand beside what is left out."""
    model = offer.model
    return {
        "usable": not offer.reason,
        "modes": {
            mode: {
                "controls": sorted(offer.controls(mode)),
                "refused": _reasons(offer, mode),
                "starting": {
                    quality: model.starting_at(mode, quality) for quality in words.Quality.values
                },
            }
            for mode in model.modes
        },
        "values": {"aspect_ratio": list(model.sizes), "length_seconds": model.lengths},
        "steps": model.steps,
        "kinds": offer.kinds,
        "both": offer.both,
        "words": _listed(offer.words),
    }


def _listed(found: tuple[str, ...]) -> str:
    """On one line, as many as can be read."""
    more = f" and {len(found) - WORDS_SHOWN} more" if len(found) > WORDS_SHOWN else ""
    return ", ".join(found[:WORDS_SHOWN]) + more


def _reasons(offer: Offer, mode: str) -> list[str]:
    """Why controls that the lane has in `mode` are not there; those of one reason together."""
    honoured = controls_of(offer.model.lane, mode) or frozenset()
    refused = {LABELS[name]: why for name, why in offer.refused.items() if name in honoured}
    if "reference" in honoured and "reference" not in offer.refused:
        labels = dict(words.ReferenceKind.choices)
        refused |= {f"{labels[kind]} of a reference": why for kind, why in offer.kinds.items()}
    if offer.both and {"start_reference", "end_reference"} <= offer.controls(mode):
        refused["Start and end frame together"] = offer.both
    together: dict[str, list[str]] = {}
    for label, why in refused.items():
        together.setdefault(why, []).append(label)
    return [f"{', '.join(labels)}: {why}" for why, labels in together.items()]


def labelled(errors: dict[str, list[str]]) -> dict[str, list[str]]:
    """The errors under the names that the bar shows; parts keep their path."""
    return {_label(name): messages for name, messages in errors.items()}


def _label(name: str) -> str:
    first, _, rest = name.partition(".")
    label = LABELS.get(first, first)
    return f"{label} ({rest})" if rest else label


def described(job: Job) -> list[tuple[str, str]]:
    """Every control of the job that was set, as label and value, in the bar's order."""
    pairs = []
    for name, label in LABELS.items():
        value = job.settings.get(name)
        if name in SHOWN_APART or value in (None, "", [], {}, "none"):
            continue
        pairs.append((label, _in_words(name, value)))
    return pairs


def _in_words(name: str, value: Any) -> str:
    if name in CHOICES:
        return str(dict(CHOICES[name].choices).get(value, value))
    if isinstance(value, bool):
        return "On" if value else "Off"
    if isinstance(value, dict):
        return ", ".join(f"{key} {part}" for key, part in value.items() if part is not None)
    return str(value)

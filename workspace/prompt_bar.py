"""What the prompt bar offers, and how its fields are called."""

from typing import Any

from generation import vocabulary as words
from generation.controls import LANE_CONTROLS
from generation.models import Job
from workspace import content_modes
from workspace.looks import LOOKS

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
    "model": words.Model,
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
    return {
        **content_modes.context(),
        "choices": {name: choices.choices for name, choices in CHOICES.items()},
        "selects": [(name, LABELS[name], CHOICES[name].choices) for name in SELECTS],
        "lane_controls": {
            f"{model}:{mode}": sorted(names) for (model, mode), names in LANE_CONTROLS.items()
        },
        "job_types": {
            f"{model}:{mode}:{quality}": _defaults(model, mode, quality)
            for model, mode in LANE_CONTROLS
            for quality in words.Quality.values
        },
        "looks": LOOKS,
        "reference_kinds": words.ReferenceKind.choices,
        "examples": EXAMPLES,
    }


def _defaults(model: str, mode: str, quality: str) -> dict[str, float]:
    """What steps and guidance are when they are left empty."""
    job_type = words.job_type_for(
        model=model, mode=mode, quality=quality, enhanced=False, enhancement_only=False
    )
    return {"steps": job_type.steps, "guidance": job_type.guidance}


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

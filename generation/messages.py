"""What each field of a request takes, in the words that its sender reads."""

from django.db.models import TextChoices

from generation import vocabulary as words
from generation.model_spec import ModelSpec


def _one_of(choices: type[TextChoices]) -> str:
    return f"Choose one of {', '.join(choices.values)}."


_STRENGTH = (
    f"Use {words.STRENGTH_MINIMUM} to {words.STRENGTH_MAXIMUM} in steps of "
    f"{words.STRENGTH_STEP}, or 0.95 for a copy."
)
_REFERENCE = "Send an object with one of url, asset_id or upload_id."
_WEIGHT = f"Use a weight from {words.WEIGHT_MINIMUM} to {words.WEIGHT_MAXIMUM}."

RULES = {
    "prompt": "Write a prompt.",
    "negative_prompt": "Write text, or leave it out.",
    "style_text": "Write text, or leave it out.",
    "mode": _one_of(words.Mode),
    "model": "Give the name of a model.",
    "quality": _one_of(words.Quality),
    "enhancement": _one_of(words.EnhancementMethod),
    "enhancement_only": "Send true or false.",
    "batch_size": "Choose 1, 3 or 6 images.",
    "aspect_ratio": _one_of(words.AspectRatio),
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
    "reference": _REFERENCE,
    "style_reference": _REFERENCE,
    "start_reference": _REFERENCE,
    "end_reference": _REFERENCE,
    "url": "Give a web address that starts with http:// or https://.",
    "asset_id": "Give the id of one of your assets.",
    "upload_id": "Give the upload_id that POST references answered with.",
    "kind": _one_of(words.ReferenceKind),
    "strength": _STRENGTH,
    "priority": "Use a whole number from -100 to 100; higher runs first among your own.",
    "held": "Send true to hold the job, false to release it.",
}


def rules_of(model: ModelSpec) -> dict[str, str]:
    """What those fields take that a model bounds."""
    fewest, most = model.steps
    lengths = " or ".join(str(seconds) for seconds in model.lengths)
    return {
        "steps": f"Use a whole number from {fewest} to {most}.",
        "aspect_ratio": f"Choose one of {', '.join(model.sizes)}.",
        "length_seconds": f"Choose {lengths} seconds.",
    }

"""The registry of models as the rest of the studio reads it.

Without a single row there are those that the studio comes with, so that it is never without.
"""

from generation.model_spec import BUILT_IN, ModelSpec
from generation.models import RegisteredModel
from generation.vocabulary import Lane

GONE = "This studio no longer has the model {name}. Choose another one."


def every_model() -> list[tuple[ModelSpec, bool]]:
    """All models in their order, each with whether it is active; one query."""
    rows = list(RegisteredModel.objects.all())
    if not rows:
        return [(spec, True) for spec in BUILT_IN]
    return [(row.spec, row.active) for row in rows]


def active_models() -> list[ModelSpec]:
    """All that creators may use, chat models too."""
    return [spec for spec, active in every_model() if active]


def visual_models() -> list[ModelSpec]:
    """The active ones that make pictures or clips."""
    return [spec for spec in active_models() if spec.lane != Lane.CHAT]


def find(name: str) -> ModelSpec | None:
    """The model called `name`, also one that is not offered any more."""
    return next((spec for spec, _ in every_model() if spec.name == name), None)


def chat_model() -> ModelSpec | None:
    """The one that improves prompts: the first of its lane."""
    return next((spec for spec in active_models() if spec.lane == Lane.CHAT), None)

"""What this machine can run of the models that are registered."""

from collections.abc import Iterable
from importlib.util import find_spec

from generation.backends.base import Loadable
from generation.backends.diffusers_common import weights
from generation.backends.registry import backend_for, enhancer_for
from generation.catalogue import active_models, every_model
from generation.model_spec import ModelSpec
from generation.vocabulary import Lane


def runnable(lanes: Iterable[str]) -> list[str]:
    """Names of the active models of `lanes` whose backend and weights are here.

    A hub id that was not downloaded yet counts, for the first job fetches it.
    """
    served = set(lanes)
    return [model.name for model in active_models() if model.lane in served and can_run(model)]


def lacking(lanes: Iterable[str]) -> list[str]:
    """Names of the registered models of `lanes` that cannot be run here, active or not."""
    served = set(lanes)
    of_lanes = [model for model, _ in every_model() if model.lane in served]
    return [model.name for model in of_lanes if not can_run(model)]


def can_run(model: ModelSpec) -> bool:
    """Whether it can be tried here; what else may be wrong is said by its first job."""
    try:
        backend: Loadable = enhancer_for(model) if model.lane == Lane.CHAT else backend_for(model)
        if backend.memory_gb and not find_spec("torch"):
            return False
        return not any(weights.is_nowhere(where) for where in backend.weights().values())
    except ImportError:
        return False

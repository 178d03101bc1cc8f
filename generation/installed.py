"""Whether this machine has what a model needs."""

from importlib.util import find_spec

from generation.backends.base import Loadable
from generation.backends.diffusers_common import weights
from generation.backends.registry import backend_for, enhancer_for
from generation.model_spec import ModelSpec
from generation.vocabulary import Lane


def can_run(model: ModelSpec) -> bool:
    """Whether it can be tried here; what else may be wrong is said by its first job."""
    try:
        backend: Loadable = enhancer_for(model) if model.lane == Lane.CHAT else backend_for(model)
        if backend.memory_gb and not find_spec("torch"):
            return False
        return not any(weights.is_nowhere(where) for where in backend.weights().values())
    except ImportError:
        return False

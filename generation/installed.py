"""What this machine has for a model."""

from importlib.util import find_spec

from generation.backends.base import LONGEST_WORD, MOST_WORDS, Loadable
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


def words_here(model: ModelSpec) -> tuple[str, ...]:
    """What switches something on by standing in a prompt for `model`, such as names of LoRAs."""
    if model.lane == Lane.CHAT:
        return ()
    try:
        words = backend_for(model).words()
    except ImportError:
        return ()
    return tuple(word for word in words if len(word) <= LONGEST_WORD)[:MOST_WORDS]

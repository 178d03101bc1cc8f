"""What this machine can run of the models that are registered."""

from collections.abc import Iterable

from generation.catalogue import active_models, every_model
from generation.installed import can_run, words_here


def runnable(lanes: Iterable[str]) -> list[str]:
    """Names of the active models of `lanes` whose backend and weights are here.

    A hub id that was not downloaded yet counts, for the first job fetches it.
    """
    served = set(lanes)
    return [model.name for model in active_models() if model.lane in served and can_run(model)]


def words(lanes: Iterable[str]) -> dict[str, list[str]]:
    """What switches something on in prompts for the `runnable` models, for those that have any."""
    served = set(lanes)
    here = [model for model in active_models() if model.lane in served and can_run(model)]
    return {model.name: list(told) for model in here if (told := words_here(model))}


def lacking(lanes: Iterable[str]) -> list[str]:
    """Names of the registered models of `lanes` that cannot be run here, active or not."""
    served = set(lanes)
    of_lanes = [model for model, _ in every_model() if model.lane in served]
    return [model.name for model in of_lanes if not can_run(model)]

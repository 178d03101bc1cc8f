"""The backends of this process: made once for each way to set them up, and kept."""

import json
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from generation.backends.base import Backend, Enhancer
from generation.model_spec import ModelSpec
from generation.vocabulary import Lane

_EITHER = {
    "preview": "generation.backends.preview.PreviewBackend",
    "comfyui": "generation.backends.comfyui_server.ComfyBackend",
}
# What a model of each lane can name; settings may name any other by its dotted path.
BACKENDS: dict[Lane, dict[str, str]] = {
    Lane.SDXL: {**_EITHER, "diffusers": "generation.backends.diffusers_sdxl.SdxlBackend"},
    Lane.WAN: {**_EITHER, "diffusers": "generation.backends.diffusers_wan.WanBackend"},
    Lane.CHAT: {
        "rules": "generation.backends.rules.RulesEnhancer",
        "openai": "generation.backends.openai_chat.OpenAIEnhancer",
        "transformers": "generation.backends.transformers_instruct.InstructEnhancer",
    },
}
_LOCATION = {"comfyui": "comfyui_workflows"}  # the option that a location is, else "model"
_made: dict[str, Backend | Enhancer] = {}


def backend_for(model: ModelSpec) -> Backend:
    """What makes the pictures or clips of `model`."""
    return cast(Backend, _backend(model))


def enhancer_for(model: ModelSpec) -> Enhancer:
    """What improves prompts with `model`, of the chat lane."""
    return cast(Enhancer, _backend(model))


def path_of(model: ModelSpec) -> str:
    """The dotted path of what does its work."""
    if model.backend:
        return BACKENDS[Lane(model.lane)][model.backend]
    return str(settings.BACKENDS[model.lane]["BACKEND"])


def options_of(model: ModelSpec) -> dict[str, Any]:
    """The lane's options from settings, with what the model says in their place."""
    named = cast(dict[str, Any], settings.BACKENDS[model.lane])
    options = {**named.get("OPTIONS", {}), **model.options}
    if model.location:
        options[_LOCATION.get(model.backend, "model")] = model.location
    return options


def forget() -> None:
    """Make every backend anew when it is next asked for."""
    _made.clear()


def _backend(model: ModelSpec) -> Backend | Enhancer:
    path, options = path_of(model), options_of(model)
    key = json.dumps([path, options], sort_keys=True, default=repr)
    if key not in _made:
        _made[key] = import_string(path)(**options)
    return _made[key]

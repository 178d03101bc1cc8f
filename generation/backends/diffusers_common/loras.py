"""LoRAs of a folder, each switched on by its file's name in the prompt; for SDXL and for WAN."""

import logging
import re
from pathlib import Path
from typing import Any

from generation.backends.base import BackendError
from generation.backends.diffusers_common.weights import check

logger = logging.getLogger(__name__)

DAMAGED = "The LoRA {name} does not fit this model. Leave its name out of the prompt."
_USUAL = 0.8


class Loras:
    """The LoRAs in `folder`, loaded into `pipeline` when they are first named."""

    def __init__(self, folder: str, pipeline: Any) -> None:
        self.files = _files_of(folder)
        self.pipeline = pipeline
        self._loaded: set[str] = set()

    def apply(self, prompt: str, weights: dict[str, float]) -> dict[str, float]:
        """Switch on those that `prompt` names and all others off; name and strength of each.

        A term's weight of 1 is the usual strength of 0.8. BackendError if one does not fit.
        """
        named = {name: _weight(name, weights) for name in self.files if _stands(name, prompt)}
        for name in named:
            self._load(name)
        if named:
            self.pipeline.enable_lora()
            keys = [_key(name) for name in named]
            self.pipeline.set_adapters(keys, adapter_weights=list(named.values()))
        elif self._loaded:
            self.pipeline.disable_lora()
        return named

    def _load(self, name: str) -> None:
        if name in self._loaded:
            return
        path = self.files[name]
        check(path, f"LoRA {name}")
        try:
            self.pipeline.load_lora_weights(
                path.parent, weight_name=path.name, adapter_name=_key(name)
            )
        except (ValueError, RuntimeError, KeyError) as error:
            logger.exception("%s does not fit", path)
            raise BackendError(DAMAGED.format(name=name)) from error
        self._loaded.add(name)


def words_of(folder: str) -> tuple[str, ...]:
    """What switches on each LoRA in `folder`; none where it is on the worker's machine alone."""
    return tuple(_plain(name) for name in _files_of(folder))


def _files_of(folder: str) -> dict[str, Path]:
    found = sorted(Path(folder).expanduser().glob("*.safetensors")) if folder else []
    return {path.stem.lower(): path for path in found}


def _plain(name: str) -> str:
    return re.sub(r"[_-]+", " ", name)


def _stands(name: str, prompt: str) -> bool:
    words = re.escape(_plain(name)).replace(r"\ ", r"[ _-]+")
    return re.search(rf"(?<!\w){words}(?!\w)", prompt, re.IGNORECASE) is not None


def _weight(name: str, weights: dict[str, float]) -> float:
    known = {_plain(term.lower()): weight for term, weight in weights.items()}
    return round(_USUAL * known.get(_plain(name), 1.0), 3)


def _key(name: str) -> str:
    """A name that is fit for a torch module."""
    return re.sub(r"\W", "_", name)

"""What `manage.py doctor` finds about the models: torch, the card, each model's weights."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.db import DatabaseError

from generation.backends.base import BackendError, Loadable
from generation.backends.diffusers_common import weights
from generation.backends.registry import backend_for, enhancer_for, path_of
from generation.catalogue import active_models
from generation.memory import GB
from generation.model_spec import ModelSpec
from generation.vocabulary import Lane
from ourvidz.operations.findings import Finding

INSTALL = "Install requirements-gpu.txt, as docs/gpu.md says."
NO_CARD = (
    "The models run on the processor, which takes minutes for a picture. If there is a card, "
    "nvidia-smi has to show it, and PyTorch has to be built for its CUDA; see docs/gpu.md."
)
FETCH = "Fetch it again, as docs/gpu.md says, or set another location in admin, Models."


def findings() -> Iterator[Finding]:
    """None of them raises; without a database, which has a finding of its own, there are none."""
    try:
        models = active_models()
    except DatabaseError:
        return
    if not any(model.lane != Lane.CHAT for model in models):
        advice = "Switch one on in admin, Models; nothing can be generated."
        yield Finding("models", "fail", "none that makes pictures or clips is active", advice)
    backends = [(model, _backend_of(model)) for model in models]
    if any(isinstance(backend, Loadable) and backend.memory_gb for _, backend in backends):
        yield from _torch()
    for model, backend in backends:
        yield from _model(model, backend)


def _backend_of(model: ModelSpec) -> Loadable | ImportError:
    try:
        return enhancer_for(model) if model.lane == Lane.CHAT else backend_for(model)
    except ImportError as error:
        return error


def _torch() -> Iterator[Finding]:
    missing = [name for name in ("torch", "diffusers", "transformers") if not find_spec(name)]
    if missing:
        yield Finding("torch", "fail", f"{', '.join(missing)} not installed", INSTALL)
        return
    torch = import_module("torch")
    yield Finding("torch", "ok", f"PyTorch {torch.__version__}")
    yield _card(torch)


def _card(torch: Any) -> Finding:
    """The card, and its memory as it is now."""
    if not torch.cuda.is_available():
        built = torch.version.cuda
        message = f"none that PyTorch (CUDA {built}) can use" if built else "PyTorch has no CUDA"
        return Finding("graphics card", "warn", message, NO_CARD)
    try:
        free, total = torch.cuda.mem_get_info()
    except RuntimeError as error:
        advice = "Look at nvidia-smi and dmesg; restart the machine if the driver is lost."
        return Finding("graphics card", "fail", str(error).splitlines()[0], advice)
    name = torch.cuda.get_device_name()
    return Finding("graphics card", "ok", f"{name}: {free / GB:.1f} of {total / GB:.1f} GB free")


def _model(model: ModelSpec, backend: Loadable | ImportError) -> Iterator[Finding]:
    name = f"model {model.name}"
    if isinstance(backend, ImportError):
        advice = "Correct its backend in admin, Models, or the lane's setting."
        yield Finding(name, "fail", f"{path_of(model)} cannot be imported: {backend}", advice)
        return
    named = backend.weights()
    if not named:
        yield Finding(name, "ok", f"{path_of(model).rpartition('.')[2]}, which loads nothing here")
    for what, where in named.items():
        yield _weights(name, what, where)


def _weights(name: str, what: str, where: str) -> Finding:
    """Whether they are there, whole, and safe to open. Nothing is downloaded."""
    try:
        path = weights.present(where, what)
        if path is None:
            advice = f"They come with the first job; or now: hf download {where}"
            return Finding(name, "warn", f"{what}: {where} is not downloaded yet", advice)
        weights.check(path, what)
    except BackendError as error:
        return Finding(name, "fail", f"{what}: {str(error).rstrip('.')} ({where})", FETCH)
    return Finding(name, "ok", f"{what}: {where} is whole, safetensors only")

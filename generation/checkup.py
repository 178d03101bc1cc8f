"""What `manage.py doctor` finds about models and workers: torch, the card, weights, lanes."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.db import DatabaseError
from django.utils.timesince import timesince

from generation.backends.base import BackendError, Loadable
from generation.backends.diffusers_common import weights
from generation.backends.registry import backend_for, enhancer_for, path_of
from generation.catalogue import active_models
from generation.memory import GB
from generation.model_spec import BUILT_IN, ModelSpec
from generation.models import Worker
from generation.vocabulary import Lane
from ourvidz.operations.findings import Finding

INSTALL = "Install requirements-gpu.txt, as docs/gpu.md says."
NO_CARD = (
    "The models run on the processor, which takes minutes for a picture. If there is a card, "
    "nvidia-smi has to show it, and PyTorch has to be built for its CUDA; see docs/gpu.md."
)
START = (
    "Start one: manage.py rqworker {lane}; or on a machine with a card, with a worker token: "
    "python -m generation.remote --server URL --lanes {lane}"
)
HAVE = "Fetch it to a worker, name it in its --models, or switch it off in admin, Models."
MOST_NAMED = 5
FETCH = "Fetch it again, as docs/gpu.md says, or set another location in admin, Models."


def findings() -> Iterator[Finding]:
    """None of them raises. Without a database, which has a finding of its own, as on another
    machine's worker, they are about the models that settings alone describe.
    """
    try:
        models, known = active_models(), list(Worker.objects.all())
    except DatabaseError:
        yield from _models(list(BUILT_IN))
        return
    if not any(model.lane != Lane.CHAT for model in models):
        advice = "Switch one on in admin, Models; nothing can be generated."
        yield Finding("models", "fail", "none that makes pictures or clips is active", advice)
    yield from _lanes(models, known)
    elsewhere = _elsewhere([worker for worker in known if worker.is_alive])
    for model in models:
        if model.name in elsewhere:
            yield Finding(f"model {model.name}", "ok", f"{elsewhere[model.name]} has it")
    yield from _models([model for model in models if model.name not in elsewhere])


def _lanes(models: list[ModelSpec], known: list[Worker]) -> Iterator[Finding]:
    """Who serves each lane now, and which models nobody there has."""
    for lane in Lane.values:
        workers = [worker for worker in known if lane in worker.lanes]
        alive = [worker for worker in workers if worker.is_alive]
        yield _served(lane, alive) if alive else _unserved(lane, workers)
        had = {name for worker in alive for name in worker.models}
        for model in models:
            if alive and model.lane == lane and model.name not in had:
                yield Finding(
                    f"model {model.name}", "warn", f"no running {lane} worker has it", HAVE
                )


def _served(lane: str, alive: list[Worker]) -> Finding:
    told = "; ".join(_told(worker) for worker in alive[:MOST_NAMED])
    more = f"; and {len(alive) - MOST_NAMED} more" if len(alive) > MOST_NAMED else ""
    return Finding(f"worker {lane}", "ok", f"{len(alive)} running: {told}{more}")


def _told(worker: Worker) -> str:
    """A worker in a few words, such as "gpu-box-1/host-71 (remote), sdxl loaded, 9.8 GB"."""
    parts = [f"{worker.name} ({worker.kind})"]
    if worker.loaded_model:
        parts.append(f"{worker.loaded_model} loaded")
    if worker.memory_bytes is not None:
        parts.append(f"{worker.memory_bytes / GB:.1f} GB")
    return ", ".join(parts)


def _unserved(lane: str, silent: list[Worker]) -> Finding:
    name, start = f"worker {lane}", START.format(lane=lane)
    if not silent:
        return Finding(name, "fail", "none is running, its jobs wait", start)
    last = max(silent, key=lambda worker: worker.seen_at)
    message = (
        f"none is running, its jobs wait; {last.name} was last seen {timesince(last.seen_at)} ago"
    )
    return Finding(name, "fail", message, start)


def _elsewhere(alive: list[Worker]) -> dict[str, str]:
    """The models that only workers of other machines have -> the name of one of them."""
    here = {name for worker in alive if worker.kind == Worker.Kind.LOCAL for name in worker.models}
    there = [worker for worker in alive if worker.kind == Worker.Kind.REMOTE]
    return {name: worker.name for worker in there for name in worker.models if name not in here}


def _models(models: list[ModelSpec]) -> Iterator[Finding]:
    """Whether `models` can be run on this machine."""
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

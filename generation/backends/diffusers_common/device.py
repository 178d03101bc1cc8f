"""Where a model runs and in which numbers. torch is imported when it is first asked."""

import gc
from typing import Any

from generation.backends.base import BackendError

NO_TORCH = (
    "This worker has no PyTorch, so it cannot run the model. Its operator installs "
    "requirements-gpu.txt; docs/gpu.md has the steps."
)
DTYPES = ("auto", "float16", "bfloat16", "float32")


def torch_or_reason() -> Any:
    """The module torch; BackendError where it or diffusers is not installed."""
    try:
        import diffusers  # noqa: F401 - only to see that it is there
        import torch
    except ImportError as error:
        raise BackendError(NO_TORCH) from error
    return torch


def device_for(wanted: str = "auto") -> str:
    """`wanted`, or the best that this machine has: cuda, mps, cpu."""
    torch = torch_or_reason()
    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def dtype_for(wanted: str, device: str, preferred: str) -> Any:
    """The torch dtype named `wanted`; for "auto" `preferred`, or float32 on a CPU."""
    torch = torch_or_reason()
    if wanted == "auto":
        wanted = "float32" if device == "cpu" else preferred
    return getattr(torch, wanted)


def release() -> None:
    """Give memory that nothing refers to back to the system and the card."""
    torch = torch_or_reason()
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()

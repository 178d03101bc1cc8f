"""What can go wrong inside torch, in words for the person who waits for the picture."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from generation.backends.base import BackendError, OutOfMemory, ProcessBroken
from generation.backends.diffusers_common.device import release, torch_or_reason

Result = TypeVar("Result")

logger = logging.getLogger(__name__)

NO_MEMORY = (
    "The worker's memory is too small for this, even with parts of the model kept outside the "
    "graphics card. Ask for a smaller size or fewer images."
)
NO_VALUES = (
    "The model gave no picture but values that are not numbers (NaN). Another seed or a lower "
    "guidance can help; if it happens always, the operator sets the model's DTYPE to float32."
)
CARD_FAILED = "The worker's graphics card failed while making this. Try again."
UNFIT = (
    "The {what} model cannot be opened on this worker: its files are for something else, or newer "
    "than what is installed. Its operator finds the cause in the log."
)
_DRIVER = ("CUDA error", "cuDNN error", "CUBLAS_STATUS", "device-side assert")
# What diffusers, transformers and safetensors raise for files that are not what was expected.
_UNFIT = (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, RuntimeError)
_NOT_ENOUGH = ("out of memory", "can't allocate memory", "not enough memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that the card, or the machine, has no memory left."""
    if isinstance(error, torch_or_reason().OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in text for words in _NOT_ENOUGH)


def insist(do: Callable[[], Result], with_less: Callable[[], Result]) -> Result:
    """`do()`; where memory does not suffice, `with_less()` once, after all that can be is freed."""
    try:
        return do()
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    release()  # outside the handler, for the error holds on to what it was about
    return with_less()


@contextmanager
def explained() -> Iterator[None]:
    """Failures of torch in the block leave it as a BackendError that a person understands."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if is_out_of_memory(error):
            raise OutOfMemory(NO_MEMORY) from error
        if is_of_card(error):
            logger.exception("the graphics card failed")
            # Its context is lost: every later call in this process fails too.
            raise ProcessBroken(CARD_FAILED, retry=True) from error
        raise


@contextmanager
def opening(what: str) -> Iterator[None]:
    """Failures to open the files of `what`, such as "SDXL", leave the block as a BackendError.

    What else torch may fail with is explained too.
    """
    with explained():
        try:
            yield
        except _UNFIT as error:
            if isinstance(error, RuntimeError) and (is_out_of_memory(error) or is_of_card(error)):
                raise
            logger.exception("the %s model cannot be opened", what)
            raise BackendError(UNFIT.format(what=what)) from error


def is_of_card(error: BaseException) -> bool:
    """Whether `error` comes from the graphics card or its driver."""
    return any(words in str(error) for words in _DRIVER)


def finite(values):
    """`values`, a tensor; BackendError if any of it is not a number."""
    if not torch_or_reason().isfinite(values).all():
        raise BackendError(NO_VALUES)
    return values

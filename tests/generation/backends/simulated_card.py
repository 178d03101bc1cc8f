"""A graphics card that is none: tensors on it compute on the processor, but keep apart from others.

As with a real one, an operation on tensors of both sides fails, and so does numpy. So the code
that places models and values is tested without a card, offloading included. What torch decides
in C++ before it dispatches an operation is not simulated: `torch.tensor`, and `inference_mode`,
whose tensors cannot be wrapped, are replaced for as long as the card is there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

CARD = "cuda:0"
_aten = torch.ops.aten
# What may see tensors of both sides, as on a real card.
_BOTH_SIDES = {
    _aten._to_copy.default,
    _aten.copy_.default,
    _aten._has_compatible_shallow_copy_type.default,
}


class CardTensor(torch.Tensor):
    """A tensor on the card; its values are in `inner`."""

    @staticmethod
    def __new__(cls, inner: torch.Tensor) -> "CardTensor":
        tensor = torch.Tensor._make_wrapper_subclass(
            cls,
            inner.shape,
            strides=inner.stride(),
            storage_offset=inner.storage_offset(),
            dtype=inner.dtype,
            layout=inner.layout,
        )
        tensor.inner = inner
        return tensor

    def __init__(self, inner: torch.Tensor) -> None:
        """All is done."""

    __torch_function__ = torch._C._disabled_torch_function_impl
    device = property(lambda self: torch.device(CARD))
    is_cuda = property(lambda self: True)

    @classmethod
    def __torch_dispatch__(cls, operation, types, arguments=(), named=None):
        return _run(operation, arguments, named or {})

    def to(self, *arguments, **named):
        """To the other side, or a copy on this one. torch itself takes both sides for one."""
        devices = [named.pop("device", None), *arguments]
        target = next((one for one in devices if isinstance(one, torch.Tensor)), None)
        if target is not None:
            moved = self.inner.to(target.dtype)
            return CardTensor(moved) if isinstance(target, CardTensor) else moved
        devices = [torch.device(one) for one in devices if isinstance(one, str | torch.device)]
        rest = [one for one in arguments if isinstance(one, torch.dtype)]
        named = {name: value for name, value in named.items() if name != "non_blocking"}
        values = self.inner.to(*rest, **named) if rest or named else self.inner
        if any(device.type == "cpu" for device in devices):
            return values
        return self if values is self.inner else CardTensor(values)

    def cpu(self):
        return self.inner

    def numpy(self):
        raise TypeError("can't convert cuda:0 device type tensor to numpy")


def _run(operation, arguments, named):
    """`operation` on the processor; its result is on the card if its tensors are."""
    tensors = [one for one in tree_leaves((arguments, named)) if isinstance(one, torch.Tensor)]
    on_card = [isinstance(one, CardTensor) for one in tensors]
    apart = any(on_card) and any(
        not card and tensor.ndim for tensor, card in zip(tensors, on_card, strict=True)
    )
    # As on a real card, indices may lie on the processor.
    if apart and operation not in _BOTH_SIDES and "index" not in operation._schema.name:
        raise RuntimeError(f"Expected all tensors to be on the same device, in {operation}")
    device = named.get("device")
    arguments, named = tree_map(_inner, (arguments, named))
    if device is not None:
        named["device"] = torch.device("cpu")
    result = operation(*arguments, **named)
    if operation._schema.name.endswith("_") and isinstance(tensors[0], CardTensor):
        return tensors[0]
    goes_there = any(on_card) if device is None else torch.device(device).type == "cuda"
    return tree_map(_on_card, result) if goes_there else result


def _inner(value):
    return value.inner if isinstance(value, CardTensor) else value


def _on_card(value):
    is_plain = isinstance(value, torch.Tensor) and not isinstance(value, CardTensor)
    return CardTensor(value) if is_plain else value


class _Operations(TorchDispatchMode):
    """Sends what is made on, or moved to, the card there."""

    def __torch_dispatch__(self, operation, types, arguments=(), named=None):
        return _run(operation, arguments, named or {})


class _Functions(TorchFunctionMode):
    """What torch does without an operation: `torch.tensor`, and `to` where it sees one side."""

    def __torch_function__(self, function, types, arguments=(), named=None):
        named = dict(named or {})
        if function in {torch.tensor, torch.as_tensor} and "cuda" in str(named.get("device")):
            del named["device"]
            return function(*arguments, **named).to(CARD)
        if function is torch.Tensor.to and isinstance(arguments[-1], CardTensor):
            return _on_card(function(arguments[0], arguments[-1].dtype))
        return function(*arguments, **named)


@contextmanager
def simulated_card() -> Iterator[str]:
    """The name of a card that is there for the block. Models open outside it and move in."""
    swaps = torch.__future__.get_swap_module_params_on_conversion()
    torch.__future__.set_swap_module_params_on_conversion(True)
    try:
        with (
            patch("torch.cuda._lazy_init", lambda: None),
            patch("torch.inference_mode", torch.no_grad),
            torch.no_grad(),
            _Operations(),
            _Functions(),
        ):
            yield CARD
    finally:
        torch.__future__.set_swap_module_params_on_conversion(swaps)

"""How much memory there is, as it is measured: of the graphics card, or of the machine."""

from typing import Any, Protocol

from generation.backends.diffusers_common.device import torch_or_reason

GB = 1024**3


class Memory(Protocol):
    """Figures are GB (2**30 bytes). `device` tells one card, or machine, from another."""

    device: str

    def total(self) -> float:
        """What there is."""

    def free(self) -> float:
        """What could be taken now, whoever has the rest."""

    def used(self) -> float:
        """What this process has."""

    def begin(self) -> None:
        """Forget the peak."""

    def peak(self) -> float:
        """The most that this process had since `begin`."""


class CardMemory:
    """Of the graphics card; what torch keeps for later counts as free, for it can be had."""

    def __init__(self, torch: Any) -> None:
        self.cuda = torch.cuda
        properties = self.cuda.get_device_properties(self.cuda.current_device())
        self.device = str(getattr(properties, "uuid", self.cuda.current_device()))

    def total(self) -> float:
        return self.cuda.mem_get_info()[1] / GB

    def free(self) -> float:
        free, _ = self.cuda.mem_get_info()
        kept = self.cuda.memory_reserved() - self.cuda.memory_allocated()
        return (free + kept) / GB

    def used(self) -> float:
        return self.cuda.memory_allocated() / GB

    def begin(self) -> None:
        self.cuda.reset_peak_memory_stats()

    def peak(self) -> float:
        return self.cuda.max_memory_allocated() / GB


class MachineMemory:
    """Of the machine, where models run without a card; psutil comes with requirements-gpu."""

    device = "machine"

    def __init__(self) -> None:
        import psutil

        self.psutil, self.process = psutil, psutil.Process()

    def total(self) -> float:
        return self.psutil.virtual_memory().total / GB

    def free(self) -> float:
        return self.psutil.virtual_memory().available / GB

    def used(self) -> float:
        return self.process.memory_info().rss / GB

    def begin(self) -> None:
        """The system keeps no peak that could be forgotten."""

    def peak(self) -> float:
        return self.used()


def measured() -> Memory:
    """That of the card, where there is one; BackendError without torch, which it is for."""
    torch = torch_or_reason()
    return CardMemory(torch) if torch.cuda.is_available() else MachineMemory()

"""What this process has in hand, and how much memory it takes; operators see it."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

_STATM = Path("/proc/self/statm")


@dataclass
class Doing:
    """What the process has in memory and in hand; the worker keeps it true."""

    loaded_model: str = ""
    last_job: UUID | None = None


doing = Doing()


def memory_bytes() -> int | None:
    """What this process holds on the graphics card if it uses one, else of the machine's memory.

    None where neither can be known.
    """
    torch = sys.modules.get("torch")  # never imported for this
    if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized():
        return int(torch.cuda.memory_reserved())
    if not _STATM.exists():
        return None
    pages = int(_STATM.read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")

"""What a checkup says of one thing."""

from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """How one thing is. `advice` is empty where all is well."""

    name: str
    level: Literal["ok", "warn", "fail"]
    message: str
    advice: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

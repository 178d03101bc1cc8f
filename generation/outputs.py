"""A finished file of a job, already in the staging bucket."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Output:
    """One output. `media` has the columns of `ourvidz.media.models.MediaFile`."""

    index: int
    seed: int
    media: dict[str, Any]

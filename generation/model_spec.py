"""What is to be known of a model: where it is, what does its work, what it may be asked for.

A spec knows no database, so that a worker without one can be given it as JSON.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from generation import vocabulary as words
from generation.controls import LANE_CONTROLS
from generation.vocabulary import JobType, Lane, Mode, Model

SIZES = {Lane.SDXL: words.SDXL_SIZES, Lane.WAN: words.WAN_SIZES}


@dataclass(frozen=True)
class ModelSpec:
    """A model of the registry. What is left empty is as settings and FACTS have it.

    `backend` is a key of `backends.registry.BACKENDS`, `location` a folder or hub id,
    `options` go to the backend. `defaults` are steps and guidance by quality; `limits` are
    steps (fewest, most), sizes (width, height by aspect ratio) and frames (most of a clip).
    """

    name: str
    label: str
    lane: str
    backend: str = ""
    location: str = ""
    defaults: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """JSON that `ModelSpec(**...)` takes again."""
        return asdict(self)

    @property
    def modes(self) -> list[str]:
        """What it makes; a model whose clips may have no length makes pictures only."""
        return [
            mode
            for lane, mode in LANE_CONTROLS
            if lane == self.lane and (mode == Mode.IMAGE or self.lengths)
        ]

    @property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """Width and height in pixels by aspect ratio, in the order of the ratios."""
        own = self.limits.get("sizes")
        if not own:
            return SIZES[Lane(self.lane)]
        return {ratio: tuple(own[ratio]) for ratio in words.AspectRatio.values if ratio in own}

    @property
    def lengths(self) -> list[int]:
        """Seconds that a clip may have."""
        most = self.limits.get("frames") or max(words.WAN_FRAMES.values())
        return [seconds for seconds, frames in words.WAN_FRAMES.items() if frames <= most]

    @property
    def steps(self) -> tuple[int, int]:
        """The fewest and the most."""
        fewest, most = self.limits.get("steps") or (words.STEPS_MINIMUM, words.STEPS_MAXIMUM)
        return fewest, most

    def job_type(self, mode: str, quality: str, *, enhanced: bool = False) -> JobType:
        """The row of the table of job types that work of this model belongs to."""
        of_lane = Model.SDXL if self.lane == Lane.SDXL else Model.WAN
        return words.job_type_for(
            model=of_lane,
            mode=Mode.IMAGE if self.lane == Lane.SDXL else mode,
            quality=quality,
            enhanced=enhanced,
            enhancement_only=False,
        )

    def starting_at(self, mode: str, quality: str, *, enhanced: bool = False) -> dict[str, Any]:
        """Steps and guidance where nothing is asked for."""
        job_type = self.job_type(mode, quality, enhanced=enhanced)
        fewest, most = self.steps
        steps = self.defaults.get("steps", {}).get(quality, min(max(job_type.steps, fewest), most))
        guidance = self.defaults.get("guidance", {}).get(quality, job_type.guidance)
        return {"steps": steps, "guidance": float(guidance)}


# What the studio comes with: by settings alone, as nothing of it says anything else.
BUILT_IN = (
    ModelSpec(Model.SDXL, Model.SDXL.label, Lane.SDXL),
    ModelSpec(Model.WAN, Model.WAN.label, Lane.WAN),
    ModelSpec("chat", "Chat", Lane.CHAT),
)

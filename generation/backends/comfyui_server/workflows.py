"""Workflows as ComfyUI exports them (API format), with slots in place of values.

A value that is exactly `{seed}` becomes the number; within a longer text, as in
`photo of {prompt}`, it becomes text. A file is found by what it is for: `sdxl-image.json`,
`sdxl-image-composition.json`, `wan-video-start-end.json`.
"""

import json
import re
from pathlib import Path
from typing import Any

from generation.backends.base import BackendError, RenderTask
from generation.backends.diffusers_wan.frames import rendered_frames

NO_WORKFLOW = (
    "This studio has no ComfyUI workflow for this ({name}). Remove the references, or ask its "
    "operator to add one."
)
BROKEN = "The ComfyUI workflow {name} cannot be read. Ask the studio's operator."
UNKNOWN_SLOT = "The ComfyUI workflow {name} has a slot that there is not: {slot}."

# In the order in which a file's name has them.
LEADING = ("composition", "character", "style", "start", "end")

_SLOT = re.compile(r"\{([a-z_]+)\}")


def led_by(task: RenderTask) -> list[str]:
    """What leads the task, in order: a reference's kind, or its role where that says more."""
    named = {
        reference.role if reference.role in LEADING else reference.kind
        for reference in task.references
    }
    return [part for part in LEADING if part in named]


class Workflow:
    """The workflow of `folder` that is for `task`; BackendError if there is none."""

    def __init__(self, folder: Path, task: RenderTask) -> None:
        self.name = "-".join([task.model, task.mode, *led_by(task)])
        path = folder / f"{self.name}.json"
        if not path.is_file():
            raise BackendError(NO_WORKFLOW.format(name=self.name))
        try:
            self.nodes = json.loads(path.read_text())
        except ValueError as error:
            raise BackendError(BROKEN.format(name=self.name)) from error

    def filled(self, values: dict[str, Any]) -> dict[str, Any]:
        """The nodes with every slot replaced by its value; BackendError for an unknown slot."""
        return self._fill(self.nodes, values)

    def _fill(self, part: Any, values: dict[str, Any]) -> Any:
        if isinstance(part, dict):
            return {key: self._fill(value, values) for key, value in part.items()}
        if isinstance(part, list):
            return [self._fill(value, values) for value in part]
        return self._fill_text(part, values) if isinstance(part, str) else part

    def _fill_text(self, text: str, values: dict[str, Any]) -> Any:
        for slot in _SLOT.findall(text):
            if slot not in values:
                raise BackendError(UNKNOWN_SLOT.format(name=self.name, slot=slot))
        if whole := _SLOT.fullmatch(text):
            return values[whole[1]]
        return _SLOT.sub(lambda match: str(values[match[1]]), text)


def unavailable(folder: Path) -> dict[str, str]:
    """What may lead a task and no workflow of `folder` is for, each with the reason."""
    known = {part for path in folder.glob("*.json") for part in path.stem.split("-")[2:]}
    return {part: NO_WORKFLOW.format(name=part) for part in LEADING if part not in known}


def values_of(task: RenderTask, index: int, pictures: dict[str, str]) -> dict[str, Any]:
    """The value of each slot. `pictures` are the server's names of what was uploaded, by slot."""
    strengths = {f"{slot}_strength": 0.0 for slot in pictures}
    for reference, slot in zip(task.references, slots_of(task), strict=True):
        strengths[f"{slot}_strength"] = reference.strength
    return {
        "prompt": task.prompt,
        "negative_prompt": task.negative_prompt,
        "width": task.width,
        "height": task.height,
        "seed": task.seed_of(index),
        "steps": task.steps,
        "guidance": task.guidance,
        "motion": task.motion,
        # WAN makes 4k + 1 frames; what is too many is left out afterwards.
        "frames": rendered_frames(task.frames),
        "frames_per_second": round(float(task.frames_per_second), 4),
        "denoise": max(0.05, round(1 - strengths.get("reference_strength", 0.0), 4)),
        **pictures,
        **strengths,
    }


def slots_of(task: RenderTask) -> list[str]:
    """The slot of each of the task's references: its role."""
    return [reference.role for reference in task.references]

"""What the workspace's templates say of jobs; static/js/progress.js says the same live."""

import json
from typing import Any

from django import template
from django.templatetags.static import static

register = template.Library()

_PHASES = {"loading": "Loading model", "saving": "Saving"}


@register.filter
def as_json(value: Any) -> str:
    """JSON for a data attribute; the template escapes it."""
    return json.dumps(value, separators=(",", ":"), default=str)


@register.filter
def percent_of(job, index: int) -> int:
    """Percent of output `index` that is done."""
    at, steps = job.progress.get("index", 0), job.progress.get("steps") or 0
    if not steps or index > at:
        return 0
    return 100 if index < at else round(100 * job.progress.get("step", 0) / steps)


@register.filter
def stage_of(job, index: int) -> str:
    """What is happening to output `index` now."""
    progress = job.progress
    if job.cancel_requested_at:
        return "Cancelling"
    if job.status == "queued":
        return "On hold" if job.held else "Queued"
    if index != progress.get("index", 0) or not progress.get("phase"):
        return "Waiting" if progress.get("phase") else "Starting"
    if progress["phase"] == "rendering":
        return f"Step {progress.get('step', 0)} of {progress.get('steps', 0)}"
    return _PHASES[progress["phase"]]


@register.filter
def seconds_in_words(seconds: float) -> str:
    """ "a second", "12 s", "3 min", "1.5 h"."""
    if seconds < 1:
        return "a second"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


@register.simple_tag
def camera_angles() -> str:
    """The URL of the drawings of the camera angles, one symbol for each value."""
    return static("img/camera-angles.svg")

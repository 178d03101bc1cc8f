"""From a job to what its backend is given."""

from collections.abc import Iterable
from fractions import Fraction

from generation.backends.base import ReferencePicture, RenderTask
from generation.models import Job
from generation.vocabulary import JOB_TYPES, WAN_FRAMES, WAN_FRAMES_PER_SECOND, Mode

CONTROLS = (
    "shot_type",
    "camera_angle",
    "style",
    "style_text",
    "lighting",
    "composition",
    "colour_grading",
    "texture",
    "content_mode",
)


def build_task(
    job: Job, indices: Iterable[int], references: Iterable[ReferencePicture]
) -> RenderTask:
    """The task that makes outputs `indices` of `job`, with its references as local files."""
    job_type, settings = JOB_TYPES[job.job_type], job.settings
    return RenderTask(
        model=job.model,
        mode=job.mode,
        prompt=job.composed_prompt,
        original_prompt=job.original_prompt,
        negative_prompt=job.negative_prompt,
        width=job.width,
        height=job.height,
        seed=job.seed,
        steps=settings.get("steps") or job_type.steps,
        guidance=settings.get("guidance") or job_type.guidance,
        indices=tuple(indices),
        quality=job.quality,
        references=tuple(references),
        controls={name: settings[name] for name in CONTROLS if settings.get(name)},
        term_weights=settings.get("term_weights") or {},
        **(_clip(settings) if job.mode == Mode.VIDEO else {}),
    )


def _clip(settings: dict) -> dict:
    """What only a clip has: its number of frames and its motion."""
    motion = settings.get("motion")
    return {
        "frames": WAN_FRAMES[settings.get("length_seconds") or 5],
        "frames_per_second": Fraction(*WAN_FRAMES_PER_SECOND),
        "motion": 0.5 if motion is None else motion,
    }

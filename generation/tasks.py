"""From a job to what its backend is given."""

from collections.abc import Iterable
from fractions import Fraction

from generation.backends.base import ReferencePicture, RenderTask
from generation.catalogue import find
from generation.model_spec import ModelSpec
from generation.models import Job
from generation.requests import GenerationRequest, parse
from generation.vocabulary import WAN_FRAMES, WAN_FRAMES_PER_SECOND, Lane, Mode, Model

CONTROLS = {
    "shot_type",
    "camera_angle",
    "style",
    "style_text",
    "lighting",
    "composition",
    "colour_grading",
    "texture",
}


def model_of(job: Job) -> ModelSpec:
    """What renders the job; one that is gone since leaves what the job itself knows of it."""
    if found := find(job.model):
        return found
    lane = Lane.SDXL if job.model == Model.SDXL else Lane.WAN
    return ModelSpec(job.model, job.model_name, lane if job.lane == Lane.CHAT else job.lane)


def request_of(job: Job) -> GenerationRequest:
    """The request that the job was made from."""
    return parse(job.settings, model_of(job))


def build_task(
    job: Job, indices: Iterable[int], references: Iterable[ReferencePicture]
) -> RenderTask:
    """The task that makes outputs `indices` of `job`, with its references as local files."""
    request = request_of(job)
    return RenderTask(
        model=job.model,
        mode=job.mode,
        prompt=job.composed_prompt,
        original_prompt=job.original_prompt,
        negative_prompt=job.negative_prompt,
        width=job.width,
        height=job.height,
        seed=job.seed,
        steps=request.steps,
        guidance=request.guidance,
        indices=tuple(indices),
        frames=WAN_FRAMES[request.length_seconds] if job.mode == Mode.VIDEO else 1,
        frames_per_second=Fraction(*WAN_FRAMES_PER_SECOND),
        motion=request.motion,
        quality=job.quality,
        references=tuple(references),
        controls=request.model_dump(mode="json", include=CONTROLS),
        term_weights=dict(request.term_weights),
    )

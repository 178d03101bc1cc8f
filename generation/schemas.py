"""What the API of generation takes and answers, as its OpenAPI document says it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import Field, WrapValidator

from generation.editing import JobChanges
from generation.estimates import QueueState
from generation.models import Job
from generation.offers import Offer
from generation.requests import GenerationRequest, validate
from generation.vocabulary import Mode
from ourvidz.media.models import MediaFile
from ourvidz.schemas import UrlsOut

# Validated by our own door, so that conflicts between fields are named with the rest.
GenerationBody = Annotated[GenerationRequest, WrapValidator(lambda data, handler: validate(data))]
ChangesBody = Annotated[JobChanges, WrapValidator(lambda data, handler: JobChanges.of(data))]
# Ninja describes one kind of body; this address takes a file or the URL of one.
REFERENCE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["url"],
                    "properties": {"url": {"type": "string", "format": "uri"}},
                }
            },
        },
    }
}


class Accepted(Schema):
    job_id: UUID
    status: str


class ReferenceOut(Schema):
    upload_id: UUID
    width: int
    height: int


class AssetOut(Schema):
    id: UUID
    index: int
    kind: str
    mime_type: str
    width: int
    height: int
    duration_seconds: float | None
    seed: int
    urls: UrlsOut


class JobOut(Schema):
    """A job. `prompt` is what was typed; `position` the number of jobs ahead in the lane.

    `waits` says why no worker can take it now, and is empty where one can.
    """

    id: UUID
    status: str
    lane: str
    job_type: str
    mode: str
    model: str
    quality: str
    position: int | None
    eta_seconds: float | None
    waits: str
    progress: dict[str, Any]
    error: str
    note: str
    prompt: str
    original_prompt: str
    enhanced_prompt: str
    composed_prompt: str
    negative_prompt: str
    settings: dict[str, Any]
    seed: int
    count: int
    priority: int
    held: bool
    backend: str
    parent_id: UUID | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    assets: list[AssetOut]


class JobsOut(Schema):
    items: list[JobOut]
    next_cursor: str | None = Field(description="Send it as cursor for the next page.")


class ModelOut(Schema):
    """A model and what may be asked of it. `sizes` are width and height by aspect ratio."""

    name: str
    label: str
    modes: list[str]
    available: bool
    note: str = Field(description="Why it cannot be used now, or that its jobs will wait.")
    steps: tuple[int, int] = Field(description="The fewest and the most.")
    sizes: dict[str, tuple[int, int]]
    length_seconds: list[int]
    controls: dict[str, list[str]] = Field(description="What it honours, by mode.")
    refused: dict[str, str] = Field(
        description="What it cannot honour as it is set up, and why: controls by name, kinds of "
        "the reference as reference.kind=style, two frames as start_reference+end_reference."
    )


class ModelsOut(Schema):
    items: list[ModelOut]


_FROM_ROW = JobOut.model_fields.keys() - {"position", "eta_seconds", "waits", "prompt", "assets"}
_FROM_ASSET = AssetOut.model_fields.keys() - {"urls"}


def job_out(job: Job, state: QueueState, urls: Mapping[UUID, Mapping[str, str]]) -> dict[str, Any]:
    """The job as the API shows it; its assets must have been prefetched."""
    return {
        **{name: getattr(job, name) for name in _FROM_ROW},
        "prompt": job.original_prompt,
        "position": state.position,
        "eta_seconds": state.eta_seconds,
        "waits": state.waits,
        "assets": [_asset_out(asset, urls) for asset in job.assets.all()],  # type: ignore[attr-defined]
    }


def model_out(offer: Offer) -> dict[str, Any]:
    """The model as the API shows it."""
    model = offer.model
    refused = {**offer.refused}
    refused |= {f"reference.kind={kind}": why for kind, why in offer.kinds.items()}
    if offer.both:
        refused["start_reference+end_reference"] = offer.both
    return {
        "name": model.name,
        "label": model.label,
        "modes": model.modes,
        "available": not offer.reason,
        "note": offer.reason or offer.waits,
        "steps": model.steps,
        "sizes": model.sizes,
        "length_seconds": model.lengths if Mode.VIDEO in model.modes else [],
        "controls": {mode: sorted(offer.controls(mode)) for mode in model.modes},
        "refused": refused,
    }


def _asset_out(asset: MediaFile, urls: Mapping[UUID, Mapping[str, str]]) -> dict[str, Any]:
    return {**{name: getattr(asset, name) for name in _FROM_ASSET}, "urls": urls[asset.pk]}

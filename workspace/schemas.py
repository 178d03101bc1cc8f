"""What the API of the workspace takes and answers, as its OpenAPI document says it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ourvidz.schemas import UrlsOut, page_of_one, shown_as
from workspace import examples
from workspace.actions import ACTIONS, IDS_MAXIMUM
from workspace.models import WorkspaceAsset
from workspace.outcomes import Outcome


class ActionBody(Schema):
    """An action and what it is for; a job stands for every asset that it shows."""

    model_config = shown_as(examples.ACTION)

    action: str = Field(
        description=f"One of {', '.join(ACTIONS)}.", json_schema_extra={"enum": [*ACTIONS]}
    )
    asset_ids: list[UUID] = Field(
        default=[], description=f"With job_ids at most {IDS_MAXIMUM}; clear_workspace needs none."
    )
    job_ids: list[UUID] = []
    collection_id: UUID | None = Field(None, description="Where to file what is in the library.")
    title: str = Field("", description="For assets that are new in the library.")
    tags: list[str] = Field([], description="For all that is in the library then.")


class ResultOut(Schema):
    """What became of one asset; `error` says why it stayed as it was."""

    asset_id: UUID
    ok: bool
    library_asset_id: UUID | None
    error: str


class OutcomeOut(Schema):
    """What became of each asset, and the id to take all of it back by."""

    model_config = shown_as(examples.OUTCOME)

    results: list[ResultOut]
    undo_id: UUID | None = Field(description="Null where there is nothing to take back.")


class StagedAssetOut(Schema):
    """An asset of the workspace. `saved` says that the library has a copy."""

    id: UUID
    job_id: UUID
    index: int
    kind: str
    mime_type: str
    bytes: int
    width: int
    height: int
    duration_seconds: float | None
    frames_per_second: float | None
    prompt: str
    seed: int
    model: str
    settings: dict[str, Any]
    saved: bool
    created_at: datetime
    expires_at: datetime
    urls: UrlsOut


class StagedAssetsOut(Schema):
    model_config = page_of_one(examples.STAGED_ASSET)

    items: list[StagedAssetOut]
    next_cursor: str | None = Field(description="Send it as cursor for the next page.")


_FROM_RESULT = ResultOut.model_fields.keys()
_FROM_ASSET = StagedAssetOut.model_fields.keys() - {"urls"}


def outcome_out(outcome: Outcome) -> dict[str, Any]:
    results = [{name: getattr(result, name) for name in _FROM_RESULT} for result in outcome.results]
    return {"results": results, "undo_id": outcome.undo_id}


def asset_out(asset: WorkspaceAsset, urls: Mapping[UUID, Mapping[str, str]]) -> dict[str, Any]:
    """The asset as the API shows it; it must have been asked for `with_saved`."""
    return {**{name: getattr(asset, name) for name in _FROM_ASSET}, "urls": urls[asset.pk]}

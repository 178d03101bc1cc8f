"""The HTTP API of the workspace."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from ourvidz.media.urls import media_urls
from ourvidz.pagination import LIMIT_DEFAULT, page_of
from ourvidz.problems import OF_CHANGING, OF_READING, Problem
from workspace import actions
from workspace import undo as undoing
from workspace.models import WorkspaceAsset
from workspace.schemas import ActionBody, OutcomeOut, StagedAssetsOut, asset_out, outcome_out

router = Router(tags=["workspace"])


@router.post(
    "workspace-actions",
    response={200: OutcomeOut, OF_CHANGING: Problem},
    summary="Act on assets",
)
def act(request: HttpRequest, body: ActionBody):
    """Save, dismiss, delete or restore assets, or clear the workspace; each one's result."""
    return outcome_out(actions.perform(request.user, **body.dict()))


@router.post(
    "undo/{uuid:undo_id}",
    response={200: OutcomeOut, OF_CHANGING: Problem},
    summary="Undo an action",
)
def undo(request: HttpRequest, undo_id: UUID):
    """Take back what an action did. 409 where it was undone already or is too old."""
    return outcome_out(undoing.undo(request.user, undo_id))


@router.get(
    "workspace/assets",
    response={200: StagedAssetsOut, OF_READING: Problem},
    summary="List Workspace Assets",
)
def list_assets(
    request: HttpRequest, cursor: str = "", limit: Annotated[int, Query()] = LIMIT_DEFAULT
):
    """What your workspace shows, newest first."""
    staged = WorkspaceAsset.objects.owned_by(request.user).shown().with_saved()
    page = page_of(staged, cursor, limit)
    urls = media_urls(page.items)
    items = [asset_out(asset, urls) for asset in page.items]
    return {"items": items, "next_cursor": page.next_cursor}

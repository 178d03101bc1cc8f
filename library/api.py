"""The HTTP API of the library."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from library import publishing, tagging, trash
from library.bulk.api import router as batches_router
from library.models import LibraryAsset, LibraryAssetQuerySet
from library.schemas import AssetChanges, LibraryAssetOut, LibraryAssetsOut, asset_out
from library.search.api import router as searches_router
from library.search.syntax import QueryError
from library.transfer.api import router as transfer_router
from ourvidz.errors import RequestError, StateError
from ourvidz.media.probe import MediaError
from ourvidz.media.urls import media_urls
from ourvidz.pagination import LIMIT_DEFAULT, page_of
from ourvidz.problems import OF_CHANGING, OF_READING, Problem

router = Router(tags=["library"])
router.add_router("", searches_router)
router.add_router("", transfer_router)
router.add_router("", batches_router)

Search = Annotated[
    str, Query(description='As in the search box: boat "red sail" -night type:video steps:>30.')
]


@router.get("library/assets", response={200: LibraryAssetsOut, OF_READING: Problem})
def list_library_assets(
    request: HttpRequest,
    q: Search = "",
    kind: Literal["", "image", "video"] = "",
    cursor: str = "",
    limit: Annotated[int, Query()] = LIMIT_DEFAULT,
):
    """What you keep, newest first."""
    kept = _found(request, q)
    page = page_of(kept.filter(kind=kind) if kind else kept, cursor, limit)
    return {"items": _shown(page.items), "next_cursor": page.next_cursor}


@router.get("library/assets/{uuid:asset_id}", response={200: LibraryAssetOut, OF_READING: Problem})
def get_library_asset(request: HttpRequest, asset_id: UUID):
    """One asset, also while it is in the trash."""
    return _shown([_asset(request, asset_id)])[0]


@router.patch(
    "library/assets/{uuid:asset_id}", response={200: LibraryAssetOut, OF_CHANGING: Problem}
)
def edit_library_asset(request: HttpRequest, asset_id: UUID, body: AssetChanges):
    """Change title, tags, favourite, rating or visibility. 409 where its file cannot be read."""
    asset = _asset(request, asset_id)
    changes = body.dict(exclude_unset=True)
    tags = changes.pop("tags", None)
    if "visibility" in changes:
        _publish(asset, changes.pop("visibility"))
    for name, value in changes.items():
        setattr(asset, name, value)
    asset.save(update_fields=changes)
    if tags is not None:
        tagging.set_tags(asset, tags)
    return _shown([_asset(request, asset_id)])[0]


def _publish(asset: LibraryAsset, visibility: str) -> None:
    try:
        publishing.set_visibility(asset, visibility)
    except (OSError, MediaError) as error:
        raise StateError(publishing.UNREADABLE) from error


@router.delete("library/assets/{uuid:asset_id}", response={204: None, OF_CHANGING: Problem})
def delete_library_asset(request: HttpRequest, asset_id: UUID):
    """Move it to the trash. Deleting twice is fine."""
    trash.move_to_trash(_assets_of(request).filter(pk=_asset(request, asset_id).pk))
    return Status(204, None)


@router.post(
    "library/assets/{uuid:asset_id}/restoration",
    response={200: LibraryAssetOut, OF_CHANGING: Problem},
)
def restore_library_asset(request: HttpRequest, asset_id: UUID):
    """Bring it back from the trash. Restoring twice is fine."""
    trash.restore(_assets_of(request).filter(pk=_asset(request, asset_id).pk))
    return _shown([_asset(request, asset_id)])[0]


def _assets_of(request: HttpRequest) -> LibraryAssetQuerySet:
    return (
        LibraryAsset.objects.owned_by(request.user)
        .prefetch_related("tags")
        .select_related("public_page")
    )


def _found(request: HttpRequest, query: str) -> LibraryAssetQuerySet:
    try:
        return _assets_of(request).kept().matching(query, request.user)
    except QueryError as error:
        raise RequestError({"q": [str(error)]}) from error


def _asset(request: HttpRequest, asset_id: UUID) -> LibraryAsset:
    return get_object_or_404(_assets_of(request).present(), pk=asset_id)


def _shown(assets: Sequence[LibraryAsset]) -> list[dict[str, Any]]:
    urls = media_urls(assets)
    return [asset_out(asset, urls[asset.pk]) for asset in assets]

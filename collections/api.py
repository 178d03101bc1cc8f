"""The HTTP API of collections."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from library.schemas import asset_out
from ourvidz.errors import RequestError
from ourvidz.media.urls import media_urls
from ourvidz.pagination import BAD_CURSOR, BAD_LIMIT, LIMIT_DEFAULT, LIMIT_MAXIMUM, page_of
from ourvidz.problems import OF_CHANGING, OF_READING, Problem

from . import changes, contents, membership
from .models import Collection, CollectionQuerySet, Membership
from .schemas import (
    AssetIds,
    CollectionChanges,
    CollectionOut,
    CollectionsOut,
    MembersChanged,
    MembersOut,
    NewCollection,
    collection_out,
)

router = Router(tags=["collections"])

NOT_IN_IT = "Choose an asset of this collection."
Limit = Annotated[int, Query()]


@router.get("collections", response={200: CollectionsOut, OF_READING: Problem})
def list_collections(request: HttpRequest, cursor: str = "", limit: Limit = LIMIT_DEFAULT):
    """Your collections at every level, newest first."""
    page = page_of(_collections_of(request), cursor, limit)
    return {"items": _shown(page.items), "next_cursor": page.next_cursor}


@router.post("collections", response={201: CollectionOut, OF_CHANGING: Problem})
def create_collection(request: HttpRequest, body: NewCollection):
    """A new collection. 409 where it would lie too deep."""
    made = changes.create(request.user, **body.dict())
    return Status(201, _shown([_collection(request, made.pk)])[0])


@router.get("collections/{uuid:collection_id}", response={200: CollectionOut, OF_READING: Problem})
def get_collection(request: HttpRequest, collection_id: UUID):
    """One collection with its counts."""
    return _shown([_collection(request, collection_id)])[0]


@router.patch(
    "collections/{uuid:collection_id}", response={200: CollectionOut, OF_CHANGING: Problem}
)
def edit_collection(request: HttpRequest, collection_id: UUID, body: CollectionChanges):
    """Rename, describe, move or give a cover. 409 where it would lie in itself or too deep."""
    found = _collection(request, collection_id)
    given = body.dict(exclude_unset=True)
    cover = given.get("cover_id")
    if cover and not Membership.objects.of_kept(found).filter(asset=cover).exists():
        raise RequestError({"cover_id": [NOT_IN_IT]})
    changes.edit(found, **given)
    return _shown([_collection(request, collection_id)])[0]


@router.delete("collections/{uuid:collection_id}", response={204: None, OF_CHANGING: Problem})
def delete_collection(request: HttpRequest, collection_id: UUID):
    """Take it and what lies in it away. The assets stay in the library."""
    changes.delete(_collection(request, collection_id))
    return Status(204, None)


@router.post(
    "collections/{uuid:collection_id}/restoration",
    response={200: CollectionOut, OF_CHANGING: Problem},
)
def restore_collection(request: HttpRequest, collection_id: UUID):
    """Bring it back with what went by the same deletion. Restoring twice is fine.

    429 where there would be too many.
    """
    mine = Collection.objects.owned_by(request.user)
    changes.restore(get_object_or_404(mine, pk=collection_id))
    return _shown([_collection(request, collection_id)])[0]


@router.get(
    "collections/{uuid:collection_id}/assets", response={200: MembersOut, OF_READING: Problem}
)
def list_members(
    request: HttpRequest, collection_id: UUID, cursor: str = "", limit: Limit = LIMIT_DEFAULT
):
    """Its assets, in its order."""
    found = _collection(request, collection_id)
    if not 1 <= limit <= LIMIT_MAXIMUM:
        raise RequestError({"limit": [BAD_LIMIT]})
    try:
        places, after = contents.places(found, cursor, limit)
    except ValueError as error:
        raise RequestError({"cursor": [BAD_CURSOR]}) from error
    assets = [place.asset for place in places]
    prefetch_related_objects(assets, "tags", "public_page")
    urls = media_urls(assets)
    items = [asset_out(asset, urls[asset.pk]) for asset in assets]
    return {"items": items, "next_cursor": after or None}


@router.put(
    "collections/{uuid:collection_id}/assets", response={200: MembersChanged, OF_CHANGING: Problem}
)
def add_members(request: HttpRequest, collection_id: UUID, body: AssetIds):
    """Append assets that are not in it yet. Adding twice is fine."""
    found = _collection(request, collection_id)
    assets = membership.owned_assets(request.user, body.asset_ids)
    return _changed(found, membership.add(found, assets))


@router.delete(
    "collections/{uuid:collection_id}/assets", response={200: MembersChanged, OF_CHANGING: Problem}
)
def remove_members(request: HttpRequest, collection_id: UUID, body: AssetIds):
    """Take assets out of it; the library keeps them. Removing twice is fine."""
    found = _collection(request, collection_id)
    assets = membership.owned_assets(request.user, body.asset_ids)
    return _changed(found, membership.remove(found, assets))


def _changed(found: Collection, number: int) -> dict[str, int]:
    return {"changed": number, "assets": Membership.objects.of_kept(found).count()}


def _collections_of(request: HttpRequest) -> CollectionQuerySet:
    return Collection.objects.owned_by(request.user).kept().counted().pictured()


def _collection(request: HttpRequest, collection_id: UUID) -> Collection:
    return get_object_or_404(_collections_of(request), pk=collection_id)


def _shown(collections: Sequence[Collection]) -> list[dict[str, Any]]:
    thumbnails = contents.pictures_of(collections)
    return [collection_out(collection, thumbnails) for collection in collections]

"""What the API of collections takes and answers, as its OpenAPI document says it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from library.examples import ASSET
from library.schemas import LibraryAssetOut, without_nul
from ourvidz.schemas import page_of_one, shown_as

from . import examples
from .membership import MOST_AT_ONCE
from .models import Collection


def _name(text: str) -> str:
    name = " ".join(without_nul(text).split())
    if not name:
        raise PydanticCustomError("plain", "Give it a name.")
    return name


def _ids(ids: list[UUID]) -> list[UUID]:
    if not 1 <= len(ids) <= MOST_AT_ONCE:
        raise PydanticCustomError("plain", f"Send from 1 to {MOST_AT_ONCE:,} ids.")
    return ids


Name = Annotated[str, Field(max_length=Collection.NAME_LENGTH), AfterValidator(_name)]
Description = Annotated[
    str, Field(max_length=Collection.DESCRIPTION_LENGTH), AfterValidator(without_nul)
]


class NewCollection(Schema):
    model_config = shown_as(examples.NEW)

    name: Name
    description: Description = ""
    parent_id: UUID | None = Field(None, description="The collection that it lies in.")


class CollectionChanges(Schema):
    """What its owner may change; what is left out stays as it is."""

    model_config = shown_as(examples.CHANGES)

    name: Name = "collection"
    description: Description = ""
    parent_id: UUID | None = Field(None, description="Null: at the top.")
    cover_id: UUID | None = Field(None, description="One of its assets; null: the first.")


class AssetIds(Schema):
    """Library assets; if one of them is not yours, nothing is done."""

    model_config = shown_as(examples.ASSET_IDS)

    asset_ids: Annotated[list[UUID], AfterValidator(_ids)]


class CollectionOut(Schema):
    """A collection; its counts leave out what is in the trash."""

    model_config = shown_as(examples.COLLECTION)

    id: UUID
    name: str
    description: str
    parent_id: UUID | None
    cover_id: UUID | None = Field(description="The owner's choice; null: the first asset.")
    cover_url: str = Field(description="A thumbnail of what is on the cover; empty if nothing is.")
    assets: int
    collections: int
    created_at: datetime


class CollectionsOut(Schema):
    model_config = page_of_one(examples.COLLECTION)

    items: list[CollectionOut]
    next_cursor: str | None = Field(description="Send it as cursor for the next page.")


class MembersOut(Schema):
    model_config = page_of_one(ASSET)

    items: list[LibraryAssetOut]
    next_cursor: str | None = Field(description="Send it as cursor for the next page.")


class MembersChanged(Schema):
    """How many of the assets were put in or taken out, and how many are in it now."""

    model_config = shown_as(examples.MEMBERS_CHANGED)

    changed: int
    assets: int


def collection_out(collection: Collection, thumbnails: Mapping[UUID, str]) -> dict[str, Any]:
    """The collection, `counted` and `pictured`, as the API shows it."""
    columns = ("id", "name", "description", "parent_id", "cover_id", "created_at")
    return {
        **{name: getattr(collection, name) for name in columns},
        "cover_url": thumbnails.get(collection.picture, "") if collection.picture else "",
        "assets": collection.size,
        "collections": collection.inside,
    }

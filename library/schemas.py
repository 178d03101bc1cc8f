"""What the API of the library takes and answers, as its OpenAPI document says it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.urls import reverse
from ninja import Schema
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from library import examples, tagging
from library.models import LibraryAsset
from ourvidz.schemas import UrlsOut, page_of_one, shown_as


def without_nul(text: str) -> str:
    """PostgreSQL has no NUL in text."""
    if "\0" in text:
        raise PydanticCustomError("plain", "Remove the NUL character (\\0) from the text.")
    return text.strip()


def _tags(names: list[str]) -> list[str]:
    try:
        return tagging.parse(names)
    except ValueError as error:
        raise PydanticCustomError("plain", "{reason}", {"reason": str(error)}) from error


class LibraryAssetOut(Schema):
    """A kept picture or clip. `deleted_at` is set while it is in the trash."""

    model_config = shown_as(examples.ASSET)

    id: UUID
    kind: str
    mime_type: str
    bytes: int
    width: int
    height: int
    duration_seconds: float | None
    frames_per_second: float | None
    sha256: str
    source_asset_id: UUID | None
    job_id: UUID | None
    index: int
    original_prompt: str
    enhanced_prompt: str
    composed_prompt: str
    negative_prompt: str
    seed: int | None
    model: str
    quality: str
    lane: str
    backend: str
    settings: dict[str, Any]
    title: str
    tags: list[str]
    favourite: bool
    rating: int
    visibility: str
    public_path: str = Field(description="The page that strangers can open; empty while private.")
    made_at: datetime
    created_at: datetime
    deleted_at: datetime | None
    urls: UrlsOut


class LibraryAssetsOut(Schema):
    model_config = page_of_one(examples.ASSET)

    items: list[LibraryAssetOut]
    next_cursor: str | None = Field(description="Send it as cursor for the next page.")


class AssetChanges(Schema):
    """What its owner may change; what is left out stays as it is."""

    model_config = shown_as(examples.ASSET_CHANGES)

    title: Annotated[str, Field(max_length=200), AfterValidator(without_nul)] = ""
    tags: Annotated[list[str], AfterValidator(_tags)] = []
    favourite: bool = False
    rating: Literal[0, 1, 2, 3, 4, 5] = 0
    visibility: Literal["private", "unlisted", "public"] = "private"


_FROM_ROW = LibraryAssetOut.model_fields.keys() - {"tags", "urls", "public_path"}


def asset_out(asset: LibraryAsset, urls: Mapping[str, str]) -> dict[str, Any]:
    """The asset as the API shows it; its tags and public page should have been fetched."""
    return {
        **{name: getattr(asset, name) for name in _FROM_ROW},
        "tags": [tag.name for tag in asset.tags.all()],
        "public_path": _public_path(asset),
        "urls": urls,
    }


def _public_path(asset: LibraryAsset) -> str:
    page = getattr(asset, "public_page", None)
    return reverse("public:page", args=[page.token]) if page else ""

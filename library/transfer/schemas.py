"""What the API of uploads, imports and exports takes and answers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field

from library import examples
from ourvidz.schemas import page_of_one, shown_as

MOST_SELECTED = 1_000  # assets in one request


class UploadOut(Schema):
    """A file on its way here. `status` is receiving, queued, running, completed or failed."""

    model_config = shown_as(examples.UPLOAD)

    id: UUID
    name: str
    purpose: str
    length: int
    offset: int
    status: str
    error: str = Field(description="Why it was refused.")
    asset_id: UUID | None = Field(description="The library asset that was made of it.")
    import_id: UUID | None = Field(description="The import of an archive.")
    created_at: datetime

    @staticmethod
    def resolve_import_id(upload) -> UUID | None:
        run = getattr(upload, "import_run", None)
        return run.pk if run else None


class UploadsOut(Schema):
    model_config = page_of_one(examples.UPLOAD)

    items: list[UploadOut]
    next_cursor: str | None = Field(description="Send it as cursor for the next page.")


class ImportOut(Schema):
    """An archive that is read. `status` is queued, running, completed, failed or cancelled."""

    model_config = shown_as(examples.IMPORT)

    id: UUID
    status: str
    phase: str = Field(description="checking or storing; nothing is written while it checks.")
    done: int
    total: int
    error: str = Field(description="What is wrong with the archive; then nothing was changed.")
    made: int = Field(description="Assets that are new.")
    known: int = Field(description="Assets that were there before, by id and SHA-256.")
    restored: int = Field(description="Of those, back from the trash.")
    collections_made: int
    missing: int = Field(description="Assets that the archive names without a file.")
    created_at: datetime
    ended_at: datetime | None


class ExportIn(Schema):
    """What to export: one of these; nothing: the whole library."""

    model_config = shown_as(examples.EXPORT_IN)

    q: str | None = Field(None, description="As in the search box.")
    collection_id: UUID | None = Field(None, description="With all that lies in it.")
    job_id: UUID | None = None
    asset_ids: Annotated[list[UUID], Field(max_length=MOST_SELECTED)] | None = None

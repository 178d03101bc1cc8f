"""The HTTP API of batches over a search."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from library import examples
from library.bulk import starting
from library.bulk.models import Batch
from ourvidz.pagination import LIMIT_DEFAULT, page_of
from ourvidz.problems import OF_CHANGING, OF_READING, Problem
from ourvidz.schemas import page_of_one, shown_as

router = Router(tags=["library"])
FAILURES_SHOWN = 100


class BatchIn(Schema):
    """What to do to all that match `q`, or to the assets in `asset_ids`."""

    model_config = shown_as(examples.BATCH_IN)

    action: str = Field(
        description=f"One of {', '.join(starting.ACTIONS)}.",
        json_schema_extra={"enum": [*starting.ACTIONS]},
    )
    q: str = Field("", description="As in the search box; restore and purge search the trash.")
    asset_ids: list[UUID] = Field([], description="At most 5,000; then q does not count.")
    except_ids: list[UUID] = Field([], description="What to leave out of q; at most 5,000.")
    tags: list[str] = Field([], description="For tag and untag.")
    rating: int | None = Field(None, description="For rate: 0 to 5.")
    visibility: str = Field("", description="For visibility: private, unlisted or public.")
    collection_id: UUID | None = Field(None, description="For add, remove and move.")
    from_id: UUID | None = Field(None, description="For move: the collection they leave.")


class FailureOut(Schema):
    asset_id: UUID
    name: str
    reason: str


class BatchOut(Schema):
    """A batch. `status` is queued, running, completed, failed or cancelled."""

    model_config = shown_as(examples.BATCH)

    id: UUID
    action: str
    query: str
    parameters: dict[str, Any]
    status: str
    total: int = Field(description="How many matched when it began.")
    done: int
    changed: int = Field(description="How many are other than before.")
    failed: int
    error: str
    undoes_id: UUID | None = Field(description="The batch that this one takes back.")
    created_at: datetime
    ended_at: datetime | None


class BatchDetailOut(BatchOut):
    model_config = shown_as(examples.BATCH | {"failures": [examples.FAILURE]})

    failures: list[FailureOut] = Field(description="The first 100 of them.")

    @staticmethod
    def resolve_failures(batch: Batch):
        return batch.failures.all()[:FAILURES_SHOWN]


class BatchesOut(Schema):
    model_config = page_of_one(examples.BATCH)

    items: list[BatchOut]
    next_cursor: str | None = Field(description="Send it as cursor for the next page.")


@router.post("library/batches", response={202: BatchOut, OF_CHANGING: Problem})
def create_batch(request: HttpRequest, body: BatchIn):
    """Begin a batch; it runs in the background and can be cancelled and undone."""
    told = body.dict()
    action, query = told.pop("action"), told.pop("q")
    return Status(202, starting.start(request.user, action, query=query, **told))


@router.get("library/batches", response={200: BatchesOut, OF_READING: Problem})
def list_batches(
    request: HttpRequest, cursor: str = "", limit: Annotated[int, Query()] = LIMIT_DEFAULT
):
    """Your batches, newest first."""
    page = page_of(Batch.objects.owned_by(request.user), cursor, limit)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.get("library/batches/{uuid:batch_id}", response={200: BatchDetailOut, OF_READING: Problem})
def get_batch(request: HttpRequest, batch_id: UUID):
    """How far it is, and what could not be done."""
    return _batch(request, batch_id)


@router.post(
    "library/batches/{uuid:batch_id}/cancellation",
    response={200: BatchOut, OF_CHANGING: Problem},
)
def cancel_batch(request: HttpRequest, batch_id: UUID):
    """Stop it at its next step; what is done stays, and can be undone."""
    batch = _batch(request, batch_id)
    batch.request_cancel()
    return batch


@router.post("library/batches/{uuid:batch_id}/undo", response={202: BatchOut, OF_CHANGING: Problem})
def undo_batch(request: HttpRequest, batch_id: UUID):
    """Take back what it did, as a batch of its own."""
    return Status(202, starting.undo(_batch(request, batch_id)))


def _batch(request: HttpRequest, batch_id: UUID) -> Batch:
    return get_object_or_404(Batch.objects.owned_by(request.user), pk=batch_id)

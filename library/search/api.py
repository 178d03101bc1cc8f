"""The HTTP API of saved searches."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from pydantic import Field

from library.search import saved
from ourvidz.problems import OF_CHANGING, OF_READING, Problem
from ourvidz.schemas import shown_as

router = Router(tags=["library"])


class SearchIn(Schema):
    model_config = shown_as({"name": "Evening sea", "query": "tag:sea dusk"})

    name: str
    query: str = Field(description="As q of library/assets.")


class SearchName(Schema):
    model_config = shown_as({"name": "Sea in the evening"})

    name: str


class SearchOut(Schema):
    """A smart collection: ask library/assets with its query as q."""

    model_config = shown_as(
        {
            "id": "5a8e1c94-7d20-4b63-9e1f-2c4d6b8a0f35",
            "name": "Evening sea",
            "query": "tag:sea dusk",
            "created_at": "2026-11-21T10:40:00Z",
        }
    )

    id: UUID
    name: str
    query: str
    created_at: datetime


@router.get("library/searches", response={200: list[SearchOut], OF_READING: Problem})
def list_searches(request: HttpRequest):
    """Your saved searches, by name; at most 100."""
    return request.user.saved_searches.all()  # type: ignore[union-attr]


@router.post("library/searches", response={201: SearchOut, OF_CHANGING: Problem})
def save_search(request: HttpRequest, body: SearchIn):
    """Save a search under a name."""
    return Status(201, saved.save(request.user, body.name, body.query))


@router.patch("library/searches/{uuid:search_id}", response={200: SearchOut, OF_CHANGING: Problem})
def rename_search(request: HttpRequest, search_id: UUID, body: SearchName):
    """Give it another name."""
    saved.rename(request.user, search_id, body.name)
    return get_object_or_404(request.user.saved_searches, pk=search_id)  # type: ignore[union-attr]


@router.delete("library/searches/{uuid:search_id}", response={204: None, OF_CHANGING: Problem})
def delete_search(request: HttpRequest, search_id: UUID):
    """Delete the search; what it finds stays."""
    get_object_or_404(request.user.saved_searches, pk=search_id).delete()  # type: ignore[union-attr]
    return Status(204, None)

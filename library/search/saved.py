"""Saved searches: smart collections that are always as the library is now."""

from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from library.models import SavedSearch
from library.search.syntax import QueryError, parse
from ourvidz.errors import RequestError

LONGEST_NAME = 80  # characters
MOST = 100  # of one owner


def clean_name(name: str) -> str:
    """`name` as it is kept; RequestError where it cannot be."""
    name = " ".join(name.replace("\0", " ").split())
    if not name or len(name) > LONGEST_NAME:
        raise RequestError({"name": [f"Give it a name of 1 to {LONGEST_NAME} characters."]})
    return name


def clean_query(query: str) -> str:
    """`query` as it is kept; RequestError where it finds everything or cannot be read."""
    query = query.strip()
    try:
        terms = parse(query)
    except QueryError as error:
        raise RequestError({"query": [str(error)]}) from error
    if not terms:
        raise RequestError({"query": ["Search for something first, then save it."]})
    return query


@transaction.atomic
def save(owner, name: str, query: str) -> SavedSearch:
    """Keep `query` under `name`; RequestError names what is wrong with either."""
    name, query = clean_name(name), clean_query(query)
    get_user_model().objects.select_for_update(no_key=True).get(pk=owner.pk)
    if owner.saved_searches.count() >= MOST:
        raise RequestError({"name": [f"At most {MOST} searches can be saved; delete one first."]})
    return SavedSearch.objects.create(owner=owner, name=name, query=query)


def beside(owner, query: str) -> dict[str, Any]:
    """For the page: the owner's searches, and whether `query` is one of them."""
    searches = list(owner.saved_searches.all())
    return {"searches": searches, "is_saved": any(found.query == query for found in searches)}


def rename(owner, search_id: UUID, name: str) -> int:
    """How many were renamed: none where `owner` has no such search."""
    return owner.saved_searches.filter(pk=search_id).update(name=clean_name(name))

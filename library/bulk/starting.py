"""One door for batches: checked to the end before the first asset is touched."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import Http404

from library import tagging
from library.bulk.models import Batch
from library.models import LibraryAsset, LibraryAssetQuerySet
from library.search.syntax import QueryError
from ourvidz.errors import LimitError, RequestError, StateError

MOST_OPEN = 10  # of one owner
MOST_IDS = 1_000
LONGEST_QUERY = 2_000  # characters
WITH_TAGS = (Batch.Action.TAG, Batch.Action.UNTAG)
WITH_COLLECTION = (Batch.Action.ADD, Batch.Action.REMOVE)
ACTIONS = [action.value for action in Batch.Action if action != Batch.Action.UNDO]
NOTHING = "Nothing in your library matches."


def matching(owner, action: str, query: str, asset_ids: Sequence[str] = ()) -> LibraryAssetQuerySet:
    """What `action` would be done to, newest first; RequestError where `query` cannot be read."""
    assets = LibraryAsset.objects.owned_by(owner)
    # In both cases by the time of saving, which no batch changes.
    assets = assets.restorable() if action == Batch.Action.RESTORE else assets.kept()
    assets = assets.order_by("-created_at", "-id")
    if asset_ids:
        return assets.filter(pk__in=asset_ids)
    try:
        return assets.matching(query, owner)
    except QueryError as error:
        raise RequestError({"q": [str(error)]}) from error


def start(
    owner,
    action: str,
    *,
    query: str = "",
    asset_ids: Sequence[UUID] = (),
    tags: Sequence[str] = (),
    rating: int | None = None,
    collection_id: UUID | None = None,
) -> Batch:
    """A batch over all that match `query`, or over `asset_ids`; it runs in the background.

    RequestError names what is wrong, Http404 an asset or a collection that is not the owner's,
    LimitError too many batches at once; then nothing is done.
    """
    parameters = _parameters(owner, action, tags, rating, collection_id)
    if len(asset_ids) > MOST_IDS:
        raise RequestError({"asset_ids": [f"At most {MOST_IDS:,} assets; search for them."]})
    if len(query) > LONGEST_QUERY:
        raise RequestError({"q": [f"At most {LONGEST_QUERY:,} characters."]})
    if asset_ids:
        parameters["asset_ids"] = sorted({str(pk) for pk in asset_ids})
    total = matching(owner, action, query, parameters.get("asset_ids", ())).count()
    if total < len(parameters.get("asset_ids", ())):
        raise Http404
    if not total:
        raise RequestError({"q": [NOTHING]})
    return _created(owner, action=action, query=query, parameters=parameters, total=total)


@transaction.atomic
def _created(owner, **columns: Any) -> Batch:
    get_user_model().objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
    if Batch.objects.owned_by(owner).unfinished().count() >= MOST_OPEN:
        raise LimitError(f"{MOST_OPEN} batches are not done yet. Wait for one, or cancel it.")
    return Batch.objects.create(owner=owner, **columns)


def undo(batch: Batch) -> Batch:
    """A batch that takes `batch` back; StateError where there is nothing to take back."""
    if not batch.ended:
        raise StateError("It is not done yet. Cancel it first.")
    if batch.action == Batch.Action.UNDO or not batch.changed:
        raise StateError("There is nothing to take back.")
    if Batch.objects.filter(undoes=batch).exists():
        raise StateError("It was taken back already.")
    columns = {"action": Batch.Action.UNDO, "query": batch.query, "undoes": batch}
    return _created(batch.owner, total=batch.changed, **columns)


def _parameters(owner, action: str, tags, rating, collection_id) -> dict[str, Any]:
    if action not in ACTIONS:
        raise RequestError({"action": [f"Choose one of {', '.join(ACTIONS)}."]})
    if action in WITH_TAGS:
        return {"tags": _tags(tags)}
    if action == Batch.Action.RATE:
        return {"rating": _rating(rating)}
    if action in WITH_COLLECTION:
        return {"collection_id": _collection(owner, collection_id)}
    return {}


def _tags(names: Sequence[str]) -> list[str]:
    try:
        tags = tagging.parse(names)
    except ValueError as error:
        raise RequestError({"tags": [str(error)]}) from error
    if not tags:
        raise RequestError({"tags": ["Name at least one tag."]})
    return tags


def _rating(rating: int | None) -> int:
    if rating is None or not 0 <= rating <= 5:
        raise RequestError({"rating": ["Choose 0 to 5 stars."]})
    return rating


def _collection(owner, collection_id: UUID | None) -> str:
    if collection_id is None:
        raise RequestError({"collection_id": ["Choose a collection."]})
    if not owner.collections.kept().filter(pk=collection_id).exists():
        raise Http404
    return str(collection_id)

"""One door for batches: checked to the end before the first asset is touched."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import Http404

from library import tagging
from library.bulk.models import FROM_TRASH, Batch
from library.counting.tally import Tally
from library.models import LibraryAsset, LibraryAssetQuerySet
from library.search.syntax import QueryError
from ourvidz.errors import LimitError, RequestError, StateError

MOST_OPEN = 10  # of one owner
MOST_IDS = 5_000
LONGEST_QUERY = 2_000  # characters
WITH_TAGS = (Batch.Action.TAG, Batch.Action.UNTAG)
WITH_COLLECTION = (Batch.Action.ADD, Batch.Action.REMOVE, Batch.Action.MOVE)
ACTIONS = [action.value for action in Batch.Action if action != Batch.Action.UNDO]
NOTHING = "Nothing in your library matches."


def matching(
    owner, action: str, query: str, asset_ids: Sequence[str] = (), except_ids: Sequence[str] = ()
) -> LibraryAssetQuerySet:
    """What `action` would be done to, newest first; RequestError where `query` cannot be read."""
    assets = LibraryAsset.objects.owned_by(owner)
    # In both cases by the time of saving, which no batch changes.
    assets = assets.restorable() if action in FROM_TRASH else assets.kept()
    assets = assets.order_by("-created_at", "-id")
    if asset_ids:
        return assets.filter(pk__in=asset_ids)
    if except_ids:
        assets = assets.exclude(pk__in=except_ids)
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
    except_ids: Sequence[UUID] = (),
    **told: Any,
) -> Batch:
    """A batch over all that match `query` but `except_ids`, or over `asset_ids`, in the background.

    `told` are its tags, rating, visibility, collection_id and from_id. RequestError names what is
    wrong, Http404 an asset or a collection that is not the owner's, LimitError too many batches
    at once; then nothing is done.
    """
    parameters = _parameters(owner, action, told)
    parameters |= _chosen(asset_ids=asset_ids, except_ids=except_ids)
    if len(query) > LONGEST_QUERY:
        raise RequestError({"q": [f"At most {LONGEST_QUERY:,} characters."]})
    chosen = {name: parameters.get(name, ()) for name in ("asset_ids", "except_ids")}
    _check_owner(owner, chosen["asset_ids"])
    if not (total := _number_of(owner, action, query, **chosen)):
        raise RequestError({"q": [NOTHING]})
    total = max(total, len(chosen["asset_ids"]))  # some of a selection may have left meanwhile
    return _created(owner, action=action, query=query, parameters=parameters, total=total)


def _number_of(
    owner, action: str, query: str, asset_ids: Sequence[str], except_ids: Sequence[str]
) -> int:
    """How many `matching` finds; those of a whole library are not counted one by one."""
    if query.strip() or asset_ids or action in FROM_TRASH:
        found = matching(owner, action, query, asset_ids, except_ids)
        return found.order_by().count()
    left_out = LibraryAsset.objects.owned_by(owner).kept().filter(pk__in=except_ids)
    return Tally(owner).total() - left_out.order_by().count()


def _check_owner(owner, asset_ids: Sequence[str]) -> None:
    rows = LibraryAsset.objects.owned_by(owner).filter(pk__in=asset_ids)
    if asset_ids and rows.count() < len(asset_ids):
        raise Http404


def _chosen(**given: Sequence[UUID]) -> dict[str, list[str]]:
    """Ids as they are kept, of those fields that have any."""
    for name, ids in given.items():
        if len(ids) > MOST_IDS:
            raise RequestError({name: [f"At most {MOST_IDS:,} assets; search for them."]})
    return {name: sorted({str(pk) for pk in ids}) for name, ids in given.items() if ids}


@transaction.atomic
def _created(owner, **columns: Any) -> Batch:
    _lock(owner)
    if Batch.objects.owned_by(owner).unfinished().count() >= MOST_OPEN:
        raise LimitError(f"{MOST_OPEN} batches are not done yet. Wait for one, or cancel it.")
    return Batch.objects.create(owner=owner, **columns)


def _lock(owner) -> None:
    """Until the transaction ends, nobody else counts this owner's batches."""
    get_user_model().objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)


@transaction.atomic
def undo(batch: Batch) -> Batch:
    """A batch that takes `batch` back; StateError where there is nothing to take back."""
    if not batch.ended:
        raise StateError("It is not done yet. Cancel it first.")
    if not batch.is_reversible:
        raise StateError("There is nothing to take back.")
    _lock(batch.owner)
    if Batch.objects.filter(undoes=batch).exists():
        raise StateError("It was taken back already.")
    columns = {"action": Batch.Action.UNDO, "query": batch.query, "undoes": batch}
    return _created(batch.owner, total=batch.changed, **columns)


def _parameters(owner, action: str, told: dict[str, Any]) -> dict[str, Any]:
    if action not in ACTIONS:
        raise RequestError({"action": [f"Choose one of {', '.join(ACTIONS)}."]})
    if action in WITH_TAGS:
        return {"tags": _tags(told.get("tags") or ())}
    if action == Batch.Action.RATE:
        return {"rating": _rating(told.get("rating"))}
    if action == Batch.Action.VISIBILITY:
        return {"visibility": _visibility(told.get("visibility"))}
    if action in WITH_COLLECTION:
        return _collections(owner, action, told)
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


def _visibility(visibility: str | None) -> str:
    if visibility not in LibraryAsset.Visibility.values:
        known = ", ".join(LibraryAsset.Visibility.values)
        raise RequestError({"visibility": [f"Choose one of {known}."]})
    return visibility


def _collections(owner, action: str, told: dict[str, Any]) -> dict[str, str]:
    found = {"collection_id": _collection(owner, "collection_id", told)}
    if action == Batch.Action.MOVE:
        found["from_id"] = _collection(owner, "from_id", told)
        if found["from_id"] == found["collection_id"]:
            raise RequestError({"from_id": ["Choose two different collections."]})
    return found


def _collection(owner, name: str, told: dict[str, Any]) -> str:
    wanted = told.get(name)
    if wanted is None:
        raise RequestError({name: ["Choose a collection."]})
    if not owner.collections.kept().filter(pk=wanted).exists():
        raise Http404
    return str(wanted)

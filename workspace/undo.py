"""Undo: take back exactly what one action did, once.

What the same assets went through since stays: an asset that was removed again by a later
action does not come back, and the library keeps the copy of what has left the workspace.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from library import trash
from library.labels import take_off
from library.models import LibraryAsset
from library.organising.undoing import LEFT_TRASH, out_of_trash, take_back
from library.tagging import lock_tags
from ourvidz.errors import StateError
from workspace.journal import Journal
from workspace.models import Action, WorkspaceAsset
from workspace.outcomes import ItemResult, Outcome
from workspace.visibility import (
    FILE_GONE,
    bring_back,
    bring_back_groups,
    lock_jobs,
    tell,
    without_files,
)

ALREADY_UNDONE = "This has been undone already."
TOO_LATE = "It is too late to undo this."
REMOVED_SINCE = "It expired or was removed again since."
STAYS_IN_LIBRARY = "It is no longer in the workspace, so the library keeps it."


class CannotUndo(StateError):  # noqa: N818 - said as a sentence
    """Undone already, or too late; the message says which."""


def undo(owner, action_id: UUID) -> Outcome:
    """Take back what the owner's action did; each asset's result.

    Http404 for an id that is not the owner's, CannotUndo where it is over.
    """
    action = owner.actions.filter(pk=action_id).first()
    if action is None:
        raise Http404
    journal = Journal.of(action)
    removed = list(WorkspaceAsset.objects.owned_by(owner).filter(pk__in=journal.removed))
    lost = without_files([asset for asset in removed if asset.removed_at == journal.at])
    with transaction.atomic():
        if journal.labelled.tagged or journal.organised.tagged:
            lock_tags(owner.pk)
        lock_jobs({asset.job_id for asset in removed} | set(journal.jobs))
        _mark_undone(action)
        return Outcome(_take_back(owner, journal, removed, lost))


def _mark_undone(action: Action) -> None:
    """Only one undo gets past this."""
    now = timezone.now()
    current = Action.objects.filter(pk=action.pk, undone_at=None, expires_at__gte=now)
    if not current.update(undone_at=now):
        action.refresh_from_db(fields=["undone_at"])
        raise CannotUndo(ALREADY_UNDONE if action.undone_at else TOO_LATE)


def _take_back(
    owner, journal: Journal, removed: Sequence[WorkspaceAsset], lost: Collection[UUID]
) -> list[ItemResult]:
    """Reverse each change, inside a transaction that holds the journal's jobs."""
    changed = _show(journal, removed, lost)
    take_off(owner, journal.labelled)
    copies = LibraryAsset.objects.owned_by(owner).filter(pk__in=journal.saved)
    sources = {source: pk for source, pk in copies.values_list("source_asset_id", "pk") if source}
    shown = _shown_among({*journal.removed, *sources})
    leaving = copies.filter(source_asset_id__in=shown)
    told = set(leaving.values_list("job_id", flat=True))  # by the library, as they leave it
    trash.move_to_trash(leaving)
    tell(owner.pk, changed - told)
    results = {pk: _of_removed(pk, shown, lost) for pk in journal.removed}
    results = {pk: _of_saved(pk, sources[pk], shown) for pk in sources} | results
    lost_copies = out_of_trash(owner, journal.trashed)
    stayed = {pk: LEFT_TRASH if pk in lost_copies else "" for pk in journal.trashed}
    stayed |= take_back(owner, journal.organised)
    return [*results.values(), *(_of_copy(pk, error) for pk, error in stayed.items())]


def _show(journal: Journal, removed: Sequence[WorkspaceAsset], lost: Collection[UUID]) -> set[UUID]:
    """Bring back assets and groups that nothing else has removed since; the changed jobs.

    A group whose assets this action removed comes back only with one of them.
    """
    ids = [asset.pk for asset in removed if asset.pk not in lost]
    back = {asset.job_id for asset in bring_back(ids, removed_at=journal.at)}
    empty = set(journal.jobs) - {asset.job_id for asset in removed}
    return back | set(bring_back_groups(empty, removed_at=journal.at))


def _shown_among(asset_ids: Collection[UUID]) -> set[UUID]:
    shown = WorkspaceAsset.objects.shown().filter(pk__in=asset_ids)
    return set(shown.values_list("pk", flat=True))


def _of_removed(asset_id: UUID, shown: set[UUID], lost: Collection[UUID]) -> ItemResult:
    if asset_id in shown:
        return ItemResult(asset_id)
    return ItemResult(asset_id, error=FILE_GONE if asset_id in lost else REMOVED_SINCE)


def _of_saved(asset_id: UUID, copy_id: UUID, shown: set[UUID]) -> ItemResult:
    if asset_id in shown:
        return ItemResult(asset_id)
    return ItemResult(asset_id, library_asset_id=copy_id, error=STAYS_IN_LIBRARY)


def _of_copy(pk: UUID, error: str) -> ItemResult:
    """Of a library asset, which stands for itself."""
    return ItemResult(pk, library_asset_id=None if error else pk, error=error)

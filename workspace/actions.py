"""Save, dismiss, delete, restore and clear: one door for page and API.

Dismiss keeps: what is not in the library yet is saved first, and only what is saved leaves
the workspace. Delete removes from staging for good, once it can no longer be undone; a copy
saved earlier stays.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.http import Http404

from generation.models import Job
from generation.requests import RequestError
from generation.transitions import request_cancel
from library.models import LibraryAsset
from workspace.journal import Journal
from workspace.labels import Labels
from workspace.models import Action, WorkspaceAsset
from workspace.outcomes import ItemResult, Outcome
from workspace.saving import Saved, copied, jobs_of, record
from workspace.visibility import (
    bring_back,
    bring_back_groups,
    lock_jobs,
    take_out,
    take_out_empty_groups,
    tell,
    without_files,
)

IDS_MAXIMUM = 500
TAGS_MAXIMUM = 20
AT_ONCE = 100
KINDS = {kind.value: kind for kind in Action.Kind if kind != Action.Kind.TRASH}
ACTIONS = (*KINDS, "restore")

FILE_GONE = "Its file is no longer in the workspace, so it cannot come back."
TOO_LATE = "It was removed too long ago to come back."


@dataclass(frozen=True)
class Selection:
    """What an action is for: assets, and jobs that were named themselves."""

    assets: list[WorkspaceAsset]
    jobs: list[Job]

    def batches(self) -> Iterator[tuple[list[WorkspaceAsset], set[UUID]]]:
        """Assets with the jobs they touch, a transaction's worth each; at least one."""
        without_assets = {job.pk for job in self.jobs} - {asset.job_id for asset in self.assets}
        for start in range(0, max(len(self.assets), 1), AT_ONCE):
            batch = self.assets[start : start + AT_ONCE]
            yield batch, {asset.job_id for asset in batch} | without_assets
            without_assets = set()


def perform(
    owner,
    action: str,
    *,
    asset_ids: Sequence[UUID] = (),
    job_ids: Sequence[UUID] = (),
    collection_id: UUID | None = None,
    title: str = "",
    tags: Sequence[str] = (),
) -> Outcome:
    """Do `action` to the owner's assets, and to all that the named jobs show.

    Http404 if one id is not the owner's, before anything is changed; RequestError for wrong
    fields. To dismiss or delete a job that has not ended cancels it. To clear without ids
    takes everything that is shown at this moment; with ids, exactly those.
    """
    tags = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    _check(action, asset_ids, job_ids, title, tags)
    assets, jobs = _owned_assets(owner, asset_ids), _owned_jobs(owner, job_ids)
    labels = Labels(tags, _owned_collection(owner, collection_id))
    if action == "restore":
        return _restore(owner, assets, jobs)
    if action in ("dismiss", "delete"):
        _cancel(jobs)
    if action == Action.Kind.CLEAR:
        selection = _cleared(owner, assets, jobs)
    else:
        selection = Selection(_with_all_of(assets, jobs), jobs)
    return _Performance(owner, KINDS[action], labels, title.strip()).of(selection)


def _check(action, asset_ids, job_ids, title, tags) -> None:
    errors = {}
    if action not in ACTIONS:
        errors["action"] = [f"Choose one of {', '.join(ACTIONS)}."]
    elif not (asset_ids or job_ids) and action != Action.Kind.CLEAR:
        errors["asset_ids"] = ["Name at least one asset or job."]
    if len(asset_ids) + len(job_ids) > IDS_MAXIMUM:
        errors["asset_ids"] = [f"At most {IDS_MAXIMUM} assets and jobs at a time."]
    if len(title) > LibraryAsset._meta.get_field("title").max_length:
        errors["title"] = ["At most 200 characters."]
    if len(tags) > TAGS_MAXIMUM or any(len(tag) > 60 for tag in tags):
        errors["tags"] = [f"At most {TAGS_MAXIMUM} tags of at most 60 characters."]
    if errors:
        raise RequestError(errors)


def _owned_assets(owner, ids: Sequence[UUID]) -> list[WorkspaceAsset]:
    """In the order asked for."""
    if not ids:
        return []
    rows = WorkspaceAsset.objects.owned_by(owner).select_related("job").in_bulk(set(ids))
    return _each(rows, ids)


def _owned_jobs(owner, ids: Sequence[UUID]) -> list[Job]:
    return _each(Job.objects.owned_by(owner).visual().in_bulk(set(ids)), ids) if ids else []


def _each(rows: dict, ids: Sequence[UUID]) -> list:
    unique = dict.fromkeys(ids)
    if len(rows) < len(unique):
        raise Http404
    return [rows[pk] for pk in unique]


def _owned_collection(owner, collection_id: UUID | None):
    if collection_id is None:
        return None
    collection = owner.collections.filter(pk=collection_id).first()
    if collection is None:
        raise Http404
    return collection


def _cancel(jobs: Collection[Job]) -> None:
    for job in jobs:
        if not job.ended:
            request_cancel(job)


def _with_all_of(assets: list[WorkspaceAsset], jobs: Collection[Job]) -> list[WorkspaceAsset]:
    """`assets`, and behind them the others that `jobs` show."""
    if not jobs:
        return assets
    named = {asset.pk for asset in assets}
    shown = WorkspaceAsset.objects.shown().filter(job__in=[job.pk for job in jobs])
    others = shown.exclude(pk__in=named).select_related("job").order_by("job", "index")
    return assets + list(others)


def _cleared(owner, assets: list[WorkspaceAsset], jobs: list[Job]) -> Selection:
    """Exactly what was named; all that is shown now where nothing was."""
    if assets or jobs:
        return Selection(assets, jobs)
    jobs = list(Job.objects.owned_by(owner).in_workspace())
    return Selection(_with_all_of([], jobs), jobs)

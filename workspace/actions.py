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
from library.labels import Labels
from library.tagging import lock_tags
from workspace.bucket_calls import Patience
from workspace.journal import Journal
from workspace.models import Action, WorkspaceAsset
from workspace.outcomes import ItemResult, Outcome
from workspace.saving import copied, record
from workspace.visibility import (
    FILE_GONE,
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
TAG_LENGTH_MAXIMUM = 60
TITLE_MAXIMUM = 200
AT_ONCE = 200
# Jobs whose group has something to say when nothing was made.
WITHOUT_ASSETS = (Job.Status.FAILED, Job.Status.CANCELLED)
_OURS = (Action.Kind.SAVE, Action.Kind.DISMISS, Action.Kind.DELETE, Action.Kind.CLEAR)
KINDS = {kind.value: kind for kind in _OURS}
IN_STEPS = ("save", "dismiss", "delete")
ACTIONS = (*KINDS, "restore")

TOO_LATE = "It was removed too long ago to come back."


@dataclass(frozen=True)
class Selection:
    """What an action is for: assets, and jobs that were named themselves."""

    assets: list[WorkspaceAsset]
    jobs: list[Job]

    def batches(self) -> Iterator[tuple[list[WorkspaceAsset], set[UUID]]]:
        """Assets with the jobs they touch, a transaction's worth each; at least one."""
        without_assets = {job.pk for job in self.jobs} - {asset.job_id for asset in self.assets}
        together = sorted(self.assets, key=lambda asset: asset.job_id)
        while True:
            batch, together = _cut(together)
            yield batch, {asset.job_id for asset in batch} | without_assets
            without_assets = set()
            if not together:
                return


def _cut(assets: list[WorkspaceAsset]) -> tuple[list[WorkspaceAsset], list[WorkspaceAsset]]:
    """About `AT_ONCE` assets and the rest; no job is on both sides, so each is told of once."""
    end = min(AT_ONCE, len(assets))
    while 0 < end < len(assets) and assets[end].job_id == assets[end - 1].job_id:
        end += 1
    return assets[:end], assets[end:]


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
    takes everything that is shown at this moment; with ids of assets, exactly those.
    """
    title, tags = _cleaned(title), list(dict.fromkeys(filter(None, map(_cleaned, tags))))
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
    return _Performance(owner, KINDS[action], labels, title).of(selection)


def in_steps(
    owner,
    action: str,
    asset_ids: Sequence[UUID],
    *,
    collection_id: UUID | None = None,
    tags: Sequence[str] = (),
) -> Iterator[Outcome]:
    """`perform` for any number of assets: one outcome per transaction, one action to undo.

    All is checked before anything is changed: Http404 if one id is not the owner's,
    RequestError for wrong fields.
    """
    tags = list(dict.fromkeys(filter(None, map(_cleaned, tags))))
    _check(action, asset_ids[:1], (), "", tags)
    if action not in IN_STEPS:
        raise RequestError({"action": [f"Choose one of {', '.join(IN_STEPS)}."]})
    assets = [asset for ids in _chunks(asset_ids) for asset in _owned_assets(owner, ids)]
    labels = Labels(tags, _owned_collection(owner, collection_id))
    performance = _Performance(owner, KINDS[action], labels, "")
    return performance.steps(Selection(assets, []))


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), IDS_MAXIMUM):
        yield ids[start : start + IDS_MAXIMUM]


def _cleaned(text: str) -> str:
    """In one line; PostgreSQL keeps no NUL in text."""
    return " ".join(text.replace("\0", " ").split())


def _check(action, asset_ids, job_ids, title, tags) -> None:
    errors = {}
    if action not in ACTIONS:
        errors["action"] = [f"Choose one of {', '.join(ACTIONS)}."]
    elif not (asset_ids or job_ids) and action != Action.Kind.CLEAR:
        errors["asset_ids"] = ["Name at least one asset or job."]
    if len(asset_ids) + len(job_ids) > IDS_MAXIMUM:
        errors["asset_ids"] = [f"At most {IDS_MAXIMUM} assets and jobs at a time."]
    if len(title) > TITLE_MAXIMUM:
        errors["title"] = [f"At most {TITLE_MAXIMUM} characters."]
    if len(tags) > TAGS_MAXIMUM or any(len(tag) > TAG_LENGTH_MAXIMUM for tag in tags):
        errors["tags"] = [
            f"At most {TAGS_MAXIMUM} tags of at most {TAG_LENGTH_MAXIMUM} characters."
        ]
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
    collection = owner.collections.kept().filter(pk=collection_id).first()
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
    if assets:
        return Selection(assets, jobs)
    jobs = jobs or list(Job.objects.owned_by(owner).in_workspace())
    return Selection(_with_all_of([], jobs), jobs)


class _Performance:
    """One action on its way, batch by batch, with its row in the history."""

    def __init__(self, owner, kind: Action.Kind, labels: Labels, title: str) -> None:
        self.owner = owner
        self.kind = kind
        self.labels = labels
        self.title = title
        self.patience = Patience()
        self.journal = Journal()
        self.row: Action | None = None

    def of(self, selection: Selection) -> Outcome:
        done = [result for step in self.steps(selection) for result in step.results]
        results = {result.asset_id: result for result in done}
        in_order = [results[asset.pk] for asset in selection.assets]
        return Outcome(in_order, self.row.pk if self.row else None)

    def steps(self, selection: Selection) -> Iterator[Outcome]:
        """What became of each transaction's worth; all have the same row to undo them by."""
        batch = self._delete if self.kind == Action.Kind.DELETE else self._keep
        for assets, job_ids in selection.batches():
            results = batch(assets, job_ids)
            yield Outcome(results, self.row.pk if self.row else None)

    def _delete(self, assets: list[WorkspaceAsset], job_ids: set[UUID]) -> list[ItemResult]:
        with transaction.atomic():
            lock_jobs(job_ids)
            self._finish(self._take_out([asset.pk for asset in assets], job_ids))
        return [ItemResult(asset.pk) for asset in assets]

    def _keep(self, assets: list[WorkspaceAsset], job_ids: set[UUID]) -> list[ItemResult]:
        """Save; to dismiss and to clear, take out what was saved and only that."""
        copying = copied(assets, title=self.title, patience=self.patience)
        with copying as copies, transaction.atomic():
            if self.labels.tags:
                lock_tags(self.owner.pk)
            lock_jobs(job_ids)
            saved = record(self.owner.pk, copies, self.labels)
            self.journal.saved += saved.made
            self.journal.add_labelled(saved.labelled)
            changed = saved.jobs_among(assets)
            if self.kind != Action.Kind.SAVE:
                changed |= self._take_out(saved.asset_ids, job_ids)
            self._finish(changed)
        return saved.results

    def _take_out(self, asset_ids: Collection[UUID], job_ids: set[UUID]) -> set[UUID]:
        """Take assets and the groups that are empty then out; the jobs that this changed."""
        removed = take_out(asset_ids, self.journal.at)
        groups = take_out_empty_groups(job_ids, self.journal.at)
        self.journal.removed += [asset.pk for asset in removed]
        self.journal.jobs += groups
        return {asset.job_id for asset in removed} | set(groups)

    def _finish(self, changed: Collection[UUID]) -> None:
        """Keep what can be taken back, in the transaction that did it, and tell the pages."""
        tell(self.owner.pk, changed)
        if not self.journal.is_empty:
            self.row = self.journal.write(self.owner, self.kind, self.row)


def _restore(owner, assets: list[WorkspaceAsset], jobs: list[Job]) -> Outcome:
    """Show removed assets again, and all that can come back of the named jobs."""
    assets = _with_removed_of(assets, jobs)
    lost = without_files([asset for asset in assets if asset.removed_at])
    job_ids = {asset.job_id for asset in assets} | {job.pk for job in jobs}
    with transaction.atomic():
        lock_jobs(job_ids)
        back = bring_back([asset.pk for asset in assets if asset.pk not in lost])
        groups = bring_back_groups({job.pk for job in jobs if job.status in WITHOUT_ASSETS})
        tell(owner.pk, {asset.job_id for asset in back} | set(groups))
        ids = [asset.pk for asset in assets]
        shown = set(WorkspaceAsset.objects.shown().filter(pk__in=ids).values_list("pk", flat=True))
    return Outcome([_restored(asset.pk, shown, lost) for asset in assets])


def _with_removed_of(assets: list[WorkspaceAsset], jobs: list[Job]) -> list[WorkspaceAsset]:
    if not jobs:
        return assets
    removed = WorkspaceAsset.objects.restorable().filter(job__in=[job.pk for job in jobs])
    others = removed.exclude(pk__in=[asset.pk for asset in assets])
    return assets + list(others.order_by("job", "index"))


def _restored(asset_id: UUID, shown: Collection[UUID], lost: Collection[UUID]) -> ItemResult:
    if asset_id in shown:
        return ItemResult(asset_id)
    return ItemResult(asset_id, error=FILE_GONE if asset_id in lost else TOO_LATE)

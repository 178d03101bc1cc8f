"""A batch, step by step: each step is one transaction, with what it takes to undo it.

A step knows where to go on from its cursor alone, and moves it in the transaction of its changes;
so a process that dies in between has either done a step or not. What copies files does less at a
step, and each asset by itself: no transaction waits for a store.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from library.background import Interrupted, Refused
from library.bulk.changes import apply, take_back
from library.bulk.done import Done
from library.bulk.models import Batch, BatchFailure, BatchStep
from library.bulk.starting import matching
from library.models import LibraryAsset
from ourvidz.accounts.middleware import zone_of
from ourvidz.errors import RequestError
from ourvidz.live import announce_library

STEP, FILES_STEP = 500, 10  # assets
WITH_FILES = (Batch.Action.VISIBILITY, Batch.Action.COPY)
MOST_FAILURES = 1_000  # that are named; all are counted


def perform_step(batch: Batch) -> None:
    """Do the next step of `batch`; Refused where it cannot go on."""
    # Days in a search begin where its owner is.
    with timezone.override(zone_of(batch.owner)):
        if _copies_files(batch):
            _do(batch)
        else:
            with transaction.atomic():
                _do(batch)


def _copies_files(batch: Batch) -> bool:
    return (batch.undoes or batch).action in WITH_FILES


def _do(batch: Batch) -> None:
    if batch.action == Batch.Action.UNDO:
        _undo_step(batch)
    else:
        _step(batch)


def _step(batch: Batch) -> None:
    size = FILES_STEP if _copies_files(batch) else STEP
    found = _next(batch, size)
    ids = [pk for pk, _ in found]
    number = batch.next_step
    done = apply(batch, ids)
    cursor = None
    if found:
        last, created_at = found[-1]
        cursor = {"step": number, "id": str(last), "created_at": created_at.isoformat()}
    try:
        with transaction.atomic():
            _count(batch, len(ids), done, cursor, is_last=len(ids) < size)
            _keep(batch, number, done)
    except Interrupted:
        if _copies_files(batch):
            _count_late(batch, number, len(ids), done)
        raise


def _keep(batch: Batch, number: int, done: Done) -> None:
    if _copies_files(batch):
        batch.steps.filter(number=number).delete()  # what was written down before it began
    if done.did and done.changed:
        BatchStep.objects.create(batch=batch, number=number, changes=done.did)


@transaction.atomic
def _count_late(batch: Batch, step: int, number: int, done: Done) -> None:
    """It was cancelled while files were copied: what is done stays, and can be undone."""
    ours = Batch.objects.filter(pk=batch.pk, fence=batch.fence)
    if ours.update(done=F("done") + number, changed=F("changed") + done.changed):
        _keep(batch, step, done)


def _next(batch: Batch, size: int) -> Sequence[tuple[UUID, datetime]]:
    """Id and time of the next that match, after the cursor."""
    chosen = {name: batch.parameters.get(name, ()) for name in ("asset_ids", "except_ids")}
    try:
        assets = matching(batch.owner, batch.action, batch.query, **chosen)
    except RequestError as error:
        raise Refused(str(error)) from error
    if batch.cursor:
        created_at = datetime.fromisoformat(batch.cursor["created_at"])
        assets = assets.older_than(LibraryAsset(pk=batch.cursor["id"], created_at=created_at))
    return list(assets.values_list("pk", "created_at")[:size])


def _undo_step(batch: Batch) -> None:
    """The latest step that is not yet taken back."""
    original = batch.undoes
    if original is None:
        raise Refused("What it was to take back is gone.")
    steps = original.steps.order_by("-number")
    if batch.cursor:
        steps = steps.filter(number__lt=batch.cursor["step"])
    step = steps.first()
    if step is None:
        batch.finish()
        return
    done = take_back(original, step.changes)
    touched = done.changed + len(done.failures)
    is_last = not steps.filter(number__lt=step.number).exists()
    with transaction.atomic():
        _count(batch, touched, done, {"step": step.number}, is_last=is_last)


def _count(batch: Batch, number: int, done: Done, cursor: dict | None, *, is_last: bool) -> None:
    _name_failures(batch, done)
    columns: dict[str, Any] = {
        "cursor": cursor or batch.cursor,
        "done": batch.done + number,
        "changed": batch.changed + done.changed,
        "failed": batch.failed + len(done.failures),
    }
    if is_last:
        batch.finish(**columns)
    else:
        batch.give_back(**columns)
    announce_library(batch.owner_id)


def _name_failures(batch: Batch, done: Done) -> None:
    room = max(0, MOST_FAILURES - batch.failed)
    failures = dict(list(done.failures.items())[:room])
    names = _names(failures.keys())
    BatchFailure.objects.bulk_create(
        BatchFailure(batch=batch, asset_id=pk, name=names.get(pk, str(pk)), reason=reason)
        for pk, reason in failures.items()
    )


def _names(ids: Collection[UUID]) -> dict[UUID, str]:
    rows = LibraryAsset.objects.only("title", "original_prompt").in_bulk(list(ids))
    return {pk: row.name[:100] for pk, row in rows.items()}

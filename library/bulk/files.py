"""What copies files, asset by asset: who can see them, and copies in the workspace.

Each asset is a change of its own, kept before the next begins, for copying takes its time. Done
twice, as after a crash in between, it is done once; and who could see them before is written down
before the first is changed, so that a crash leaves nothing that an undo does not know of.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from library import publishing
from library.bulk.done import Done, changed_since, present
from library.bulk.models import Batch
from library.models import LibraryAsset
from library.signals import copy_wanted
from ourvidz.media.probe import MediaError


def show_to(batch: Batch, ids: Sequence[UUID]) -> Done:
    """Let more or fewer people see them."""
    done = Done({"shown": {}})
    wanted = batch.parameters["visibility"]
    rows = {str(row.pk): row for row in LibraryAsset.objects.filter(pk__in=ids).order_by()}
    before = {pk: row.visibility for pk, row in rows.items() if row.visibility != wanted}
    for pk, visibility in _noted(batch, before).items():
        done_before = pk not in before
        if done_before:  # by a process that died then
            done.changed += 1
        if done_before or _shown(rows[pk], wanted, done):
            done.did["shown"][pk] = visibility
    return done


def _noted(batch: Batch, before: dict[str, str]) -> dict[str, str]:
    """Keep who sees the assets of this step; with those that an earlier attempt has changed."""
    step, _ = batch.steps.get_or_create(number=batch.next_step, defaults={"changes": {"shown": {}}})
    known = step.changes["shown"]
    there = present(batch).filter(pk__in=known, visibility=batch.parameters["visibility"])
    changed = {str(pk): known[str(pk)] for pk in there.order_by().values_list("pk", flat=True)}
    step.changes = {"shown": before | changed}
    step.save(update_fields=["changes"])
    return step.changes["shown"]


def undo_show_to(original: Batch, did: dict[str, Any]) -> Done:
    """Show them to whom they were shown before. What never came to be shown is no failure."""
    before = {UUID(pk): visibility for pk, visibility in did["shown"].items()}
    rows = {row.pk: row for row in present(original).filter(pk__in=before).order_by()}
    done = Done()
    for pk, visibility in before.items():
        now = rows[pk].visibility if pk in rows else ""
        if now == original.parameters["visibility"]:
            _shown(rows[pk], visibility, done)
        elif now != visibility:
            done.failures |= changed_since([pk])
    return done


def _shown(asset: LibraryAsset, visibility: str, done: Done) -> bool:
    """Count it as changed or as failed."""
    try:
        publishing.set_visibility(asset, visibility)
    except (MediaError, OSError):
        done.failures[asset.pk] = publishing.UNREADABLE
        return False
    done.changed += 1
    return True


def copy(batch: Batch, ids: Sequence[UUID]) -> Done:
    """Have the workspace take copies; it answers with why not, or nothing."""
    done = Done()
    assets = LibraryAsset.objects.filter(pk__in=ids).select_related("owner").order_by()
    for asset in assets:
        answers = copy_wanted.send(LibraryAsset, asset=asset)
        if reason := next((reason for _, reason in answers if reason), ""):
            done.failures[asset.pk] = reason
        else:
            done.changed += 1
    return done

"""What copies files, asset by asset: who can see them, and copies in the workspace.

Each asset is a change of its own, kept before the next begins, for copying takes its time. Done
twice, as after a crash in between, it is done once.
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
    for asset in LibraryAsset.objects.filter(pk__in=ids).exclude(visibility=wanted).order_by():
        before = asset.visibility
        if _shown(asset, wanted, done):
            done.did["shown"][str(asset.pk)] = before
    return done


def undo_show_to(original: Batch, did: dict[str, Any]) -> Done:
    """Show them to whom they were shown before."""
    wanted = {UUID(pk): before for pk, before in did["shown"].items()}
    same = present(original).filter(pk__in=wanted, visibility=original.parameters["visibility"])
    rows = {asset.pk: asset for asset in same.order_by()}
    done = Done(failures=changed_since(wanted.keys() - rows.keys()))
    for pk, asset in rows.items():
        _shown(asset, wanted[pk], done)
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

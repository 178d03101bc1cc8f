"""What is where, as tests of actions and of undo compare it."""

from generation.models import Job
from library.models import LibraryAsset
from workspace.models import WorkspaceAsset


def shown() -> set[WorkspaceAsset]:
    return set(WorkspaceAsset.objects.shown())


def in_library() -> set:
    """The ids in staging of what is kept."""
    return set(LibraryAsset.objects.kept().values_list("source_asset_id", flat=True))


def groups() -> list[Job]:
    return list(Job.objects.in_workspace())

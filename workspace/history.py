"""The history of what an owner did to assets, newest first, with a few of the pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from library.models import LibraryAsset
from ourvidz.media.urls import media_urls
from ourvidz.pagination import page_of
from workspace.journal import Journal
from workspace.models import Action, WorkspaceAsset

PAGE_SIZE = 40
PICTURES = 4


@dataclass(frozen=True)
class Entry:
    """One action: how many it was for, some of their thumbnails, and whether it can be undone."""

    action: Action
    count: int
    of_jobs: bool
    thumbnails: Sequence[str]

    @property
    def can_undo(self) -> bool:
        return self.action.undone_at is None and self.action.expires_at >= timezone.now()


@dataclass(frozen=True)
class History:
    """A page of entries. `next_cursor` is None at the end."""

    entries: list[Entry]
    next_cursor: str | None


def load(owner, cursor: str = "") -> History:
    """The page that starts after `cursor`, in three queries; RequestError for a bad cursor."""
    page = page_of(owner.actions.all(), cursor, PAGE_SIZE)
    journals = {action.pk: Journal.of(action) for action in page.items}
    urls = _thumbnails(owner, journals.values())
    return History(
        [_entry(action, journals[action.pk], urls) for action in page.items], page.next_cursor
    )


def latest_undoable(owner) -> Action | None:
    """What Ctrl+Z takes back."""
    current = owner.actions.filter(undone_at=None, expires_at__gte=timezone.now())
    return current.order_by("-created_at", "-id").first()


def _entry(action: Action, journal: Journal, urls: dict[UUID, str]) -> Entry:
    touched = journal.assets
    found = [urls[pk] for pk in touched if pk in urls]
    count = len(touched) or len(journal.jobs) or len(journal.organised.settled)
    return Entry(action, count, bool(journal.jobs) and not touched, found[:PICTURES])


def _thumbnails(owner, journals) -> dict[UUID, str]:
    """By asset id, of what is still there among each action's first few."""
    wanted = [pk for journal in journals for pk in journal.assets[:PICTURES]]
    staged = WorkspaceAsset.objects.owned_by(owner).filter(pk__in=wanted)
    kept = LibraryAsset.objects.owned_by(owner).present().filter(pk__in=wanted)
    assets = [*staged.filter(expires_at__gte=timezone.now()), *kept]
    return {pk: urls["thumbnail"] for pk, urls in media_urls(assets, ("thumbnail",)).items()}

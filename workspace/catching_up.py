"""What a page missed: its job groups held against the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from generation.models import Job
from generation.models.job import JobQuerySet
from workspace import groups

MOST_SHOWN = 500


class SyncError(ValueError):
    """The page's message is not of the form that the page sends."""


@dataclass(frozen=True)
class Shown:
    """What a page says it shows: job id -> version, and the oldest job if older ones exist."""

    versions: Mapping[UUID, int]
    oldest: UUID | None

    @classmethod
    def parse(cls, message: Mapping) -> "Shown":
        """From a `sync` message; SyncError for any other form."""
        try:
            versions = {UUID(key): int(value) for key, value in message["shown"].items()}
            oldest = UUID(message["oldest"]) if message.get("oldest") else None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SyncError(str(error)) from error
        if len(versions) > MOST_SHOWN:
            raise SyncError(f"more than {MOST_SHOWN} jobs")
        return cls(versions, oldest)


@dataclass(frozen=True)
class Missed:
    """Groups to put in or renew, and ids of groups to take out."""

    groups: list[groups.Group]
    removed: list[UUID]


def missed(user, shown: Shown) -> Missed:
    """What the page must do to show what the database has."""
    current = dict(_window(user, shown).values_list("pk", "version"))
    differing = [pk for pk, version in current.items() if shown.versions.get(pk) != version]
    rows = Job.objects.owned_by(user).in_workspace().filter(pk__in=differing)
    removed = [pk for pk in shown.versions if pk not in current]
    return Missed(groups.load(user, rows), removed)


def _window(user, shown: Shown) -> JobQuerySet:
    """The part of the user's workspace that the page covers, newest first."""
    jobs = Job.objects.owned_by(user).in_workspace()
    oldest = Job.objects.owned_by(user).filter(pk=shown.oldest).first() if shown.oldest else None
    if oldest:
        jobs = jobs.not_older_than(oldest)
    return jobs[: max(MOST_SHOWN, len(shown.versions))]

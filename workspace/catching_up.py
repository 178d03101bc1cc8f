"""What a page missed: its job groups held against the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import TooManyFieldsSent

from generation.models import Job
from generation.models.job import JobQuerySet
from workspace import groups
from workspace.filters import GroupFilter

MOST_SHOWN = 500
LONGEST_FILTER = 2000


class SyncError(ValueError):
    """The page's message is not of the form that the page sends."""


@dataclass(frozen=True)
class Shown:
    """What a page says it shows: job id -> version, the last job if more follow, its filter."""

    versions: Mapping[UUID, int]
    oldest: UUID | None
    criteria: GroupFilter = field(default_factory=GroupFilter)

    @classmethod
    def parse(cls, message: Mapping) -> "Shown":
        """From a `sync` message; SyncError for any other form."""
        try:
            versions = {UUID(key): int(value) for key, value in message["shown"].items()}
            oldest = UUID(message["oldest"]) if message.get("oldest") else None
            query = str(message.get("filter", ""))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SyncError(str(error)) from error
        if len(versions) > MOST_SHOWN:
            raise SyncError(f"more than {MOST_SHOWN} jobs")
        if len(query) > LONGEST_FILTER:
            raise SyncError(f"a filter of more than {LONGEST_FILTER} characters")
        return cls(versions, oldest, _filter(query))


def _filter(query: str) -> GroupFilter:
    try:
        query.encode()
        return GroupFilter.of_query(query)
    except (UnicodeEncodeError, TooManyFieldsSent) as error:
        raise SyncError(str(error)) from error


@dataclass(frozen=True)
class Missed:
    """Groups to put in or renew, and ids of groups to take out."""

    groups: list[groups.Group]
    removed: list[UUID]


def missed(user, shown: Shown) -> Missed:
    """What the page must do to show what the database has."""
    current = dict(_window(user, shown).values_list("pk", "version"))
    differing = [pk for pk, version in current.items() if shown.versions.get(pk) != version]
    rows = shown.criteria.order.of(Job.objects.owned_by(user).filter(pk__in=differing))
    removed = [pk for pk in shown.versions if pk not in current]
    return Missed(groups.load(rows), removed)


def _window(user, shown: Shown) -> JobQuerySet:
    """The part of the user's workspace that the page covers, in its order."""
    jobs = shown.criteria.of(Job.objects.owned_by(user).in_workspace())
    oldest = Job.objects.owned_by(user).filter(pk=shown.oldest).first() if shown.oldest else None
    if oldest:
        jobs = shown.criteria.order.through(jobs, oldest)
    return jobs[:MOST_SHOWN]

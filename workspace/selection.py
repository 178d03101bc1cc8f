"""Which assets a selection is about: found by query, so also those that no page has loaded."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.http import Http404

from generation.models import Job
from generation.models.job import JobQuerySet
from workspace.filters import GroupFilter
from workspace.models import WorkspaceAsset

MOST_SELECTED = 5000


def matching(user, criteria: GroupFilter) -> list[dict[str, Any]]:
    """Every asset shown of the jobs that match, in the page's order, as {id, job}."""
    return _shown_of(user, criteria.of(_jobs_of(user)))


def between(
    user, criteria: GroupFilter, one: WorkspaceAsset, other: WorkspaceAsset
) -> list[dict[str, Any]]:
    """The assets from `one` to `other` in the page's order, both included, either way round."""
    jobs = criteria.of(_jobs_of(user))
    if one.job_id == other.job_id:
        jobs = jobs.filter(pk=one.job_id)
    else:
        jobs = criteria.order.between(jobs, one.job, other.job)
    found = _shown_of(user, jobs)
    ends = [at for at, row in enumerate(found) if row["id"] in (one.pk, other.pk)]
    return found[ends[0] : ends[-1] + 1] if ends else []


def still_there(user, asset_ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """Those of `asset_ids` that the user's workspace still shows."""
    shown = WorkspaceAsset.objects.owned_by(user).shown().filter(pk__in=asset_ids)
    return [{"id": pk, "job": job} for pk, job in shown.values_list("pk", "job_id")]


def owned_in_order(user, asset_ids: Sequence[UUID]) -> list[WorkspaceAsset]:
    """The user's assets in the order of their ids; Http404 for none, or if one is not theirs."""
    rows = WorkspaceAsset.objects.owned_by(user).filter(pk__in=asset_ids).in_bulk()
    if not rows or len(rows) < len(set(asset_ids)):
        raise Http404
    return [rows[pk] for pk in asset_ids]


def _jobs_of(user) -> JobQuerySet:
    return Job.objects.owned_by(user).in_workspace()


def _shown_of(user, jobs: JobQuerySet) -> list[dict[str, Any]]:
    """At most MOST_SELECTED, in two queries."""
    places = {
        pk: place for place, pk in enumerate(jobs.values_list("pk", flat=True)[:MOST_SELECTED])
    }
    shown = WorkspaceAsset.objects.owned_by(user).shown().filter(job__in=list(places))
    rows = [
        (places[job], index, pk, job)
        for pk, job, index in shown.values_list("pk", "job_id", "index")
    ]
    return [{"id": pk, "job": job} for _, _, pk, job in sorted(rows)[:MOST_SELECTED]]

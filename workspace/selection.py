"""Which assets a selection is about: found by query, so also those that no page has loaded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404

from generation.models import Job
from generation.models.job import JobQuerySet
from workspace.filters import GroupFilter
from workspace.models import WorkspaceAsset, WorkspaceAssetQuerySet

MOST_SELECTED = 5000


@dataclass(frozen=True)
class Found:
    """Assets as {id, job} in the page's order, at most MOST_SELECTED; and how many there are."""

    assets: list[dict[str, Any]]
    total: int


def matching(user, criteria: GroupFilter) -> Found:
    """Every asset shown of the jobs that match."""
    jobs = criteria.of(_jobs_of(user))
    return _found(_shown(user), jobs, _places(jobs))


def between(user, criteria: GroupFilter, one: WorkspaceAsset, other: WorkspaceAsset) -> Found:
    """The assets from `one` to `other` in the page's order, both included, either way round."""
    jobs = criteria.of(_jobs_of(user))
    if one.job_id == other.job_id:
        jobs = jobs.filter(pk=one.job_id)
    else:
        jobs = criteria.order.between(jobs, one.job, other.job)
    places = _places(jobs)
    first, last = _in_page_order(places, one, other)
    outside = Q(job=first.job_id, index__lt=first.index) | Q(job=last.job_id, index__gt=last.index)
    return _found(_shown(user).exclude(outside), jobs, places)


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


def jobs_of(user, asset_ids: Sequence[UUID]) -> list[tuple[Job, UUID]]:
    """The job of each asset, once, with the first asset that named it; Http404 as above."""
    first: dict[UUID, UUID] = {}
    for asset in owned_in_order(user, asset_ids):
        first.setdefault(asset.job_id, asset.pk)
    jobs = Job.objects.owned_by(user).select_related("owner").in_bulk(list(first))
    return [(jobs[job_id], asset_id) for job_id, asset_id in first.items()]


def _jobs_of(user) -> JobQuerySet:
    return Job.objects.owned_by(user).in_workspace()


def _shown(user) -> WorkspaceAssetQuerySet:
    return WorkspaceAsset.objects.owned_by(user).shown()


def _places(jobs: JobQuerySet) -> dict[UUID, int]:
    """Where each job stands in the page's order: the first ones, if they are many."""
    ids = jobs.values_list("pk", flat=True)[:MOST_SELECTED]
    return {pk: place for place, pk in enumerate(ids)}


def _in_page_order(
    places: dict[UUID, int], one: WorkspaceAsset, other: WorkspaceAsset
) -> tuple[WorkspaceAsset, WorkspaceAsset]:
    """Both ends of a range, the one that stands first on the page first."""
    behind = len(places)
    ends = sorted((one, other), key=lambda end: (places.get(end.job_id, behind), end.index))
    return ends[0], ends[1]


def _found(shown: WorkspaceAssetQuerySet, jobs: JobQuerySet, places: dict[UUID, int]) -> Found:
    """What is `shown` of `jobs`, of which `places` has the first."""
    rows = sorted(
        (places[job], index, pk, job)
        for pk, job, index in shown.filter(job__in=list(places)).values_list(
            "pk", "job_id", "index"
        )
    )
    total = len(rows)
    if len(places) == MOST_SELECTED:
        total = shown.filter(job__in=jobs.order_by().values("pk")).count()
    return Found([{"id": pk, "job": job} for _, _, pk, job in rows[:MOST_SELECTED]], total)

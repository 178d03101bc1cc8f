"""An asset's ancestors and descendants as thumbnails that lead on."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from generation.lineage import Relative, made_with, relatives, went_into
from generation.models import Job
from library.models import LibraryAsset
from ourvidz.http import PageRequest
from ourvidz.media.urls import media_urls
from workspace.models import WorkspaceAsset

Asset = WorkspaceAsset | LibraryAsset


@dataclass(frozen=True)
class Node:
    """A relative with its picture; no `url` where neither workspace nor library has it."""

    relative: Relative
    prompt: str
    url: str = ""
    thumbnail: str = ""
    in_workspace: bool = False


@login_required
@require_GET
def lineage(request: PageRequest, asset_id: uuid.UUID) -> HttpResponse:
    """What the asset was made from and what was made with it, by the id it had in staging.

    What no job made, such as an upload, has its own id here too.
    """
    nodes = _family(request.user, asset_id, _job_of(request.user, asset_id))
    context = {
        "ancestors": _by_steps(node for node in nodes if node.relative.steps < 0),
        "descendants": _by_steps(node for node in nodes if node.relative.steps > 0),
    }
    return render(request, "workspace/_lineage.html", context)


def _family(owner, asset_id: uuid.UUID, job_id: uuid.UUID | None) -> list[Node]:
    if job_id is None:
        return nodes_of(owner, made_with(owner, asset_id))
    return [*_uploads(owner, job_id), *nodes_of(owner, relatives(owner, job_id, asset_id))]


def _uploads(owner, job_id: uuid.UUID) -> list[Node]:
    """What no job made and this one was made from."""
    found = went_into(owner, job_id)
    kept = LibraryAsset.objects.owned_by(owner).kept().filter(job_id=None)
    assets = kept.defer("search_text").in_bulk([relative.asset_id for relative in found])
    urls = media_urls(list(assets.values()), ("thumbnail",))
    return [
        Node(
            relative,
            assets[pk].name,
            reverse("library:asset", args=[pk]),
            urls[pk]["thumbnail"],
        )
        for relative in found
        if (pk := relative.asset_id) in assets
    ]


def nodes_of(owner, found: Sequence[Relative]) -> list[Node]:
    """Each relative with the asset that stands for it, in three queries."""
    job_ids = {relative.job_id for relative in found}
    asset_ids = {relative.asset_id for relative in found if relative.asset_id}
    prompts = dict(
        Job.objects.owned_by(owner).filter(pk__in=job_ids).values_list("pk", "original_prompt")
    )
    staged = WorkspaceAsset.objects.owned_by(owner).shown()
    staged = staged.filter(Q(pk__in=asset_ids) | Q(job__in=job_ids), job__removed_at=None)
    kept = LibraryAsset.objects.owned_by(owner).kept()
    kept = kept.filter(Q(source_asset_id__in=asset_ids) | Q(job_id__in=job_ids))
    # What the workspace shows goes before the copies in the library.
    assets: list[Asset] = [*staged.order_by("index"), *kept.order_by("index")]
    thumbnails = {pk: urls["thumbnail"] for pk, urls in media_urls(assets, ("thumbnail",)).items()}
    return [_node(relative, prompts[relative.job_id], assets, thumbnails) for relative in found]


def _node(relative: Relative, prompt: str, assets: Iterable[Asset], thumbnails: dict) -> Node:
    of_job = [asset for asset in assets if asset.job_id == relative.job_id]
    exact = [asset for asset in of_job if _staging_id(asset) == relative.asset_id]
    chosen = next(iter(exact or of_job), None)
    if chosen is None:
        return Node(relative, prompt)
    in_workspace = isinstance(chosen, WorkspaceAsset)
    page = reverse("workspace:page") + f"?view={chosen.pk}"
    url = page if in_workspace else reverse("library:asset", args=[chosen.pk])
    return Node(relative, prompt, url, thumbnails[chosen.pk], in_workspace)


def _staging_id(asset: Asset) -> uuid.UUID | None:
    return asset.source_asset_id if isinstance(asset, LibraryAsset) else asset.pk


def _by_steps(nodes: Iterable[Node]) -> list[list[Node]]:
    """Generations, the nearest first."""
    ordered = sorted(nodes, key=lambda node: abs(node.relative.steps))
    return [list(group) for _, group in groupby(ordered, key=lambda node: node.relative.steps)]


def _job_of(owner, asset_id: uuid.UUID) -> uuid.UUID | None:
    """The job that made the owner's asset, None where none did; 404 for any other id."""
    staged = WorkspaceAsset.objects.owned_by(owner).filter(pk=asset_id)
    kept = LibraryAsset.objects.owned_by(owner).present().filter(source_asset_id=asset_id)
    for assets in (staged, kept):
        job_id = assets.values_list("job_id", flat=True).first()
        if job_id is not None:
            return job_id
    if LibraryAsset.objects.owned_by(owner).present().filter(pk=asset_id, job_id=None).exists():
        return None
    raise Http404

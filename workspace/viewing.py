"""The viewer: one asset large, what is beside it, and everything that is known about it."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from ourvidz.http import PageRequest
from ourvidz.media.urls import media_url, media_urls
from workspace import prompt_bar
from workspace.models import WorkspaceAsset, WorkspaceAssetQuerySet


@login_required
@require_GET
def asset(request: PageRequest, asset_id: uuid.UUID) -> HttpResponse:
    """An asset large, with everything that is known about it."""
    found = get_object_or_404(shown_to(request.user), pk=asset_id)
    return render(request, "workspace/_viewer.html", viewer_context(found))


def shown_to(user) -> WorkspaceAssetQuerySet:
    """What the user's workspace shows, with jobs and library copies."""
    return WorkspaceAsset.objects.owned_by(user).shown().with_saved().select_related("job")


def viewer_context(asset: WorkspaceAsset) -> dict[str, Any]:
    """What the viewer's template needs."""
    previous, following = neighbours(asset)
    settings = prompt_bar.described(asset.job)
    return {
        "asset": asset,
        "original": media_url(asset, "original"),
        "poster": media_url(asset, "poster") if asset.is_video else "",
        "settings": settings,
        "parameters": parameters_text(asset, settings),
        "recall": recall_of(asset),
        "previous": previous,
        "next": following,
        "strip": strip_of(asset),
    }


def neighbours(asset: WorkspaceAsset) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """Ids before and after `asset` in the page's order: newest job first, then by index."""
    job = asset.job
    newer = Q(job__created_at__gt=job.created_at) | Q(
        job__created_at=job.created_at, job__id__gt=job.pk
    )
    older = Q(job__created_at__lt=job.created_at) | Q(
        job__created_at=job.created_at, job__id__lt=job.pk
    )
    shown = WorkspaceAsset.objects.owned_by(asset.owner_id).shown().filter(job__removed_at=None)
    others = shown.values_list("pk", flat=True)
    before = others.filter(newer | Q(job=job, index__lt=asset.index))
    after = others.filter(older | Q(job=job, index__gt=asset.index))
    return (
        before.order_by("job__created_at", "job__id", "-index").first(),
        after.order_by("-job__created_at", "-job__id", "index").first(),
    )


def strip_of(asset: WorkspaceAsset) -> list[tuple[WorkspaceAsset, str]]:
    """The outputs of the asset's job that are shown, each with the URL of its thumbnail."""
    assets = list(asset.job.assets.filter(removed_at=None).order_by("index"))
    urls = media_urls(assets, ("thumbnail",))
    return [(sibling, urls[sibling.pk]["thumbnail"]) for sibling in assets]


def recall_of(asset: WorkspaceAsset) -> dict[str, Any]:
    """Every control of the asset's job for the prompt bar, whether or not its group is loaded."""
    job = asset.job
    return {**job.settings, "prompt": job.original_prompt, "seed": job.seed}


def parameters_text(asset: WorkspaceAsset, settings: list[tuple[str, str]]) -> str:
    """Prompt and parameters as lines to paste elsewhere."""
    job = asset.job
    facts = [
        ("Negative prompt", job.negative_prompt),
        ("Model", job.model_name),
        ("Seed", str(asset.seed)),
        ("Size", f"{asset.width}x{asset.height}"),
        *settings,
    ]
    return "\n".join([job.original_prompt, *(f"{name}: {value}" for name, value in facts if value)])

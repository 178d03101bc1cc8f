"""Two assets held against each other: pictures, parameters, prompts."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from ourvidz.http import PageRequest
from ourvidz.media.urls import media_urls
from workspace import prompt_bar
from workspace.models import WorkspaceAsset
from workspace.viewing import shown_to
from workspace.word_diff import Piece, word_diff

CANDIDATES = 24


@dataclass(frozen=True)
class Row:
    """One parameter of both; empty where an asset has none."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


@dataclass(frozen=True)
class Candidate:
    """An asset to compare with, and the URL of its thumbnail."""

    asset: WorkspaceAsset
    thumbnail: str


@login_required
@require_GET
def comparison(request: PageRequest, asset_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponse:
    """`asset_id` and `other_id` over each other, with what differs between them."""
    shown = shown_to(request.user)
    first, second = (get_object_or_404(shown, pk=pk) for pk in (asset_id, other_id))
    urls = media_urls([first, second], ("original", "poster"))
    context = {
        "first": first,
        "second": second,
        "first_urls": urls[first.pk],
        "second_urls": urls[second.pk],
        "rows": rows_of(first, second),
        "prompts": prompts_of(first, second),
    }
    return render(request, "workspace/_compare.html", context)


@login_required
@require_GET
def candidates(
    request: PageRequest, asset_id: uuid.UUID, before_id: uuid.UUID | None = None
) -> HttpResponse:
    """What can be compared with the asset: its job's outputs first, then the newest.

    With `before_id` the next stretch, of what is older than that.
    """
    shown = shown_to(request.user).filter(job__removed_at=None)
    found = get_object_or_404(shown, pk=asset_id)
    others = shown.exclude(job=found.job).order_by("-created_at", "-id")
    siblings = list(shown.filter(job=found.job).exclude(pk=asset_id).order_by("index"))
    if before_id:
        last = get_object_or_404(shown, pk=before_id)
        same_time = Q(created_at=last.created_at, id__lt=last.pk)
        others, siblings = others.filter(Q(created_at__lt=last.created_at) | same_time), []
    stretch = list(others[: CANDIDATES + 1])
    listed = [*siblings, *stretch[:CANDIDATES]]
    urls = media_urls(listed, ("thumbnail",))
    context = {
        "asset": found,
        "candidates": [Candidate(asset, urls[asset.pk]["thumbnail"]) for asset in listed],
        "next": stretch[CANDIDATES - 1].pk if len(stretch) > CANDIDATES else None,
    }
    return render(request, "workspace/_candidates.html", context)


def rows_of(first: WorkspaceAsset, second: WorkspaceAsset) -> list[Row]:
    """Every parameter that either has, those that differ before those that do not."""
    one, other = _parameters(first), _parameters(second)
    rows = [Row(label, one.get(label, ""), other.get(label, "")) for label in {**one, **other}]
    return sorted(rows, key=lambda row: not row.differs)


def prompts_of(first: WorkspaceAsset, second: WorkspaceAsset) -> list[tuple[str, list[Piece]]]:
    """What changes from the first's prompts to the second's, word by word."""
    pairs = [
        ("Prompt", first.job.original_prompt, second.job.original_prompt),
        ("What the model was given", first.prompt, second.prompt),
        ("Negative prompt", first.job.negative_prompt, second.job.negative_prompt),
    ]
    return [(label, word_diff(one, other)) for label, one, other in pairs if one or other]


def _parameters(asset: WorkspaceAsset) -> dict[str, Any]:
    size = f"{asset.width} × {asset.height}"  # noqa: RUF001 - read by people
    own = {"Model": asset.job.model_name, "Seed": str(asset.seed), "Size": size}
    return own | dict(prompt_bar.described(asset.job))

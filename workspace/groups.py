"""Job groups: what the page, an HTMX reply and a live message all show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.template.loader import render_to_string
from django.utils import timezone

from generation.estimates import QueueState, queue_states
from generation.models import Job
from generation.vocabulary import Mode
from library.headings import day_name
from ourvidz.media.urls import media_urls
from workspace.filters import GroupFilter
from workspace.models import WorkspaceAsset

PAGE_SIZE = 20
EXPIRING_SOON = timedelta(days=2)


@dataclass(frozen=True)
class Tile:
    """One place in a group's row: an asset, or where one will be."""

    index: int
    asset: WorkspaceAsset | None = None
    urls: dict[str, str] | None = None
    preview: str = ""

    @property
    def expires_in_days(self) -> int | None:
        """Whole days left, when there are few; None while there is time."""
        if self.asset is None:
            return None
        left = self.asset.expires_at - timezone.now()
        return max(left.days, 0) if left < EXPIRING_SOON else None


@dataclass(frozen=True)
class Group:
    """A job with its tiles in the order of their index."""

    job: Job
    tiles: Sequence[Tile]
    queue: QueueState

    @cached_property
    def made(self) -> list[Tile]:
        return [tile for tile in self.tiles if tile.asset]

    @cached_property
    def unsaved(self) -> list[Tile]:
        return [tile for tile in self.made if tile.asset and not tile.asset.saved]

    @property
    def has_saved(self) -> bool:
        """Whether anything of it is in the library, and so can be exported."""
        return len(self.unsaved) < len(self.made)

    @property
    def cover(self) -> Tile:
        """The tile that stands for the job in the rail."""
        return self.made[0] if self.made else Tile(index=0)

    @property
    def day(self) -> date:
        """When the job was made, in the active time zone."""
        return timezone.localdate(self.job.created_at)

    @property
    def day_name(self) -> str:
        """Today, Yesterday, or the date."""
        return day_name(self.day, timezone.localdate())

    @property
    def ratio(self) -> str:
        """The job's shape as the style sheet names it."""
        return {"16:9": "wide", "1:1": "square", "9:16": "tall"}[
            self.job.settings.get("aspect_ratio", "16:9")
        ]

    @property
    def is_video(self) -> bool:
        return self.job.mode == Mode.VIDEO

    @property
    def recall(self) -> dict[str, Any]:
        """Every control of the job, for the prompt bar."""
        return {**self.job.settings, "prompt": self.job.original_prompt, "seed": self.job.seed}


def page_of(user, criteria: GroupFilter, after: Job | None = None) -> QuerySet[Job]:
    """The next `PAGE_SIZE` jobs that match, behind `after` if it is given; one more if any."""
    jobs = criteria.of(Job.objects.owned_by(user).in_workspace())
    if after is not None:
        jobs = criteria.order.after(jobs, after)
    return jobs[: PAGE_SIZE + 1]


def load(jobs: Iterable[Job]) -> list[Group]:
    """Groups of `jobs`, in their order, with a constant number of queries."""
    found = list(jobs)
    staged = WorkspaceAsset.objects.with_saved().order_by("index")
    prefetch_related_objects(found, Prefetch("assets", queryset=staged))
    shown = [asset for job in found for asset in job.assets.all() if asset.removed_at is None]
    urls = media_urls(shown)
    states = queue_states(found)
    return [Group(job, _tiles(job, urls), states[job.pk]) for job in found]


def _tiles(job: Job, urls: dict) -> list[Tile]:
    assets = {asset.index: asset for asset in job.assets.all()}
    tiles = []
    for index in range(job.count):
        asset = assets.get(index)
        if asset is None and not job.ended:
            tiles.append(Tile(index, preview=job.previews.get(str(index), "")))
        elif asset is not None and asset.removed_at is None:
            tiles.append(Tile(index, asset, urls[asset.pk]))
    return tiles


def render(group: Group) -> str:
    """The group as HTML: its section and its place in the rail."""
    return render_to_string("workspace/_group.html", {"group": group})

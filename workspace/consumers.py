"""The websocket of an open page."""

import asyncio
from uuid import UUID

from channels.db import database_sync_to_async
from django.utils import timezone

from generation.estimates import queue_states
from generation.models import Job
from ourvidz.accounts.middleware import zone_of
from ourvidz.live import group_of
from ourvidz.sockets import BAD_MESSAGE, PageSocket
from workspace import groups
from workspace.catching_up import Shown, SyncError, missed
from workspace.filters import GroupFilter


class WorkspaceConsumer(PageSocket):
    """Brings every change of the signed-in user's jobs; the server alone decides the group.

    To the page go `job` (a group's HTML and version), `removed`, `progress`, and `synced` when
    a `sync` was answered. From the page comes `sync`: what it shows and its filter, when it has
    connected, when the filter changes, and now and then. All that is sent is read from the
    database through its owner.
    """

    def groups_of(self, user_id: int) -> list[str]:
        return [group_of(user_id)]

    def work(self) -> list:
        self.criteria = GroupFilter()
        self.pending: dict[str, str] = {}
        self.news = asyncio.Event()
        return [*super().work(), self._tell_news()]

    async def receive_json(self, content, **kwargs) -> None:
        if not isinstance(content, dict) or content.get("type") != "sync":
            await self.close(BAD_MESSAGE)
            return
        try:
            await self._answer(Shown.parse(content))
        except SyncError:
            await self.close(BAD_MESSAGE)

    async def _answer(self, shown: Shown) -> None:
        self.criteria = shown.criteria
        for message in await database_sync_to_async(_catch_up)(self.user, shown):
            await self.send_json(message)
        await self.send_json({"type": "synced"})

    async def job_changed(self, event: dict) -> None:
        """A job or its assets changed."""
        self.pending[event["job"]] = "changed"
        self.news.set()

    async def job_progress(self, event: dict) -> None:
        """A job got further; a change of it that waits to be told includes that."""
        self.pending.setdefault(event["job"], "progress")
        self.news.set()

    async def _tell_news(self) -> None:
        """Tell what is pending; many events of one job become one message."""
        while True:
            await self.news.wait()
            self.news.clear()
            pending, self.pending = self.pending, {}
            for message in await database_sync_to_async(_news)(self.user, self.criteria, pending):
                await self.send_json(message)


def _catch_up(user, shown: Shown) -> list[dict]:
    with timezone.override(zone_of(user)):
        found = missed(user, shown)
        removed = [{"type": "removed", "id": str(pk)} for pk in found.removed]
        return removed + [_job_message(group) for group in found.groups]


def _news(user, criteria: GroupFilter, pending: dict[str, str]) -> list[dict]:
    """The messages of pending events, job id -> "changed" or "progress"."""
    with timezone.override(zone_of(user)):
        return _changes(user, criteria, pending)


def _changes(user, criteria: GroupFilter, pending: dict[str, str]) -> list[dict]:
    """A job that changed and does not match the page's filter is taken out."""
    changed = [UUID(pk) for pk, kind in pending.items() if kind == "changed"]
    advanced = [UUID(pk) for pk, kind in pending.items() if kind == "progress"]
    rows = criteria.of(Job.objects.owned_by(user).in_workspace().filter(pk__in=changed))
    loaded = groups.load(user, rows) if changed else []
    shown = {group.job.pk for group in loaded}
    removed = [{"type": "removed", "id": str(pk)} for pk in changed if pk not in shown]
    return removed + [_job_message(group) for group in loaded] + _progress(user, advanced)


def _job_message(group: groups.Group) -> dict:
    job = group.job
    return {"type": "job", "id": str(job.pk), "version": job.version, "html": groups.render(group)}


def _progress(user, job_ids: list[UUID]) -> list[dict]:
    running = Job.objects.owned_by(user).filter(pk__in=job_ids, status=Job.Status.RUNNING)
    jobs = list(running) if job_ids else []
    states = queue_states(jobs)
    return [
        {
            "type": "progress",
            "id": str(job.pk),
            "progress": job.progress,
            "previews": job.previews,
            "eta_seconds": states[job.pk].eta_seconds,
            "position": states[job.pk].position,
        }
        for job in jobs
    ]

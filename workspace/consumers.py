"""The websocket of an open page."""

import asyncio

from channels.db import database_sync_to_async
from django.utils import timezone

from ourvidz.accounts.middleware import zone_of
from ourvidz.live import group_of
from ourvidz.sockets import BAD_MESSAGE, PageSocket
from workspace import news
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
        self.has_news = asyncio.Event()
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
            await self.send(message)
        await self.send_json({"type": "synced"})

    async def job_changed(self, event: dict) -> None:
        """A job or its assets changed."""
        self.pending[event["job"]] = "changed"
        self.has_news.set()

    async def job_progress(self, event: dict) -> None:
        """A job got further; a change of it that waits to be told includes that."""
        self.pending.setdefault(event["job"], "progress")
        self.has_news.set()

    async def _tell_news(self) -> None:
        """Tell what is pending; many events of one job become one message."""
        while True:
            await self.has_news.wait()
            self.has_news.clear()
            pending, self.pending = self.pending, {}
            for message in await news.of(self.user, self.criteria, pending):
                await self.send(message)


def _catch_up(user, shown: Shown) -> list[str]:
    with timezone.override(zone_of(user)):
        found = missed(user, shown)
        removed = [news.removed_message(pk) for pk in found.removed]
        return removed + [news.job_message(group) for group in found.groups]

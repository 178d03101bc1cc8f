"""The websocket of an open page."""

import asyncio
import time
from collections import Counter, deque
from contextlib import suppress

from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from ourvidz.accounts.middleware import zone_of
from ourvidz.live import group_of
from workspace import news
from workspace.catching_up import Shown, SyncError, missed
from workspace.filters import GroupFilter

SIGNED_OUT, BAD_MESSAGE, TOO_MUCH, TOO_MANY = 4401, 4400, 4408, 4429
SOCKETS_PER_USER = 12  # of this process
MESSAGES, PER_SECONDS = 20, 5.0
SESSION_CHECK_SECONDS = 60.0

_open_sockets: Counter[int] = Counter()


class WorkspaceConsumer(AsyncJsonWebsocketConsumer):
    """Brings every change of the signed-in user's jobs; the server alone decides the group.

    To the page go `job` (a group's HTML and version), `removed`, `progress`, and `synced` when
    a `sync` was answered. From the page comes `sync`: what it shows and its filter, when it has
    connected, when the filter changes, and now and then. All that is sent is read from the
    database through its owner.
    """

    counted = False

    async def connect(self) -> None:
        self.user = self.scope["user"]
        self.criteria = GroupFilter()
        self.pending: dict[str, str] = {}
        self.has_news = asyncio.Event()
        self.received: deque[float] = deque(maxlen=MESSAGES)
        self.tasks: list[asyncio.Task] = []
        await self.accept()
        if not self.user.is_authenticated:
            await self.close(SIGNED_OUT)
        elif _open_sockets[self.user.pk] >= SOCKETS_PER_USER:
            await self.close(TOO_MANY)
        else:
            await self._begin()

    async def _begin(self) -> None:
        _open_sockets[self.user.pk] += 1
        self.counted = True
        await self.channel_layer.group_add(group_of(self.user.pk), self.channel_name)
        self.tasks = [
            asyncio.create_task(self._tell_news()),
            asyncio.create_task(self._watch_session()),
        ]

    async def disconnect(self, code: int) -> None:
        for task in self.tasks:
            task.cancel()
        if self.counted:
            _open_sockets[self.user.pk] -= 1
            with suppress(OSError):
                await self.channel_layer.group_discard(group_of(self.user.pk), self.channel_name)

    @classmethod
    async def decode_json(cls, text_data: str):
        try:
            return await super().decode_json(text_data)
        except ValueError:
            return None

    async def receive(self, text_data=None, bytes_data=None, **kwargs) -> None:
        """Messages are text, and few."""
        now = time.monotonic()
        if len(self.received) == MESSAGES and now - self.received[0] < PER_SECONDS:
            await self.close(TOO_MUCH)
        elif text_data is None:
            await self.close(BAD_MESSAGE)
        else:
            self.received.append(now)
            await super().receive(text_data=text_data)

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

    async def session_changed(self, event: dict) -> None:
        """The user signed out somewhere, or was changed."""
        await self._close_if_signed_out()

    async def _tell_news(self) -> None:
        """Tell what is pending; many events of one job become one message."""
        while True:
            await self.has_news.wait()
            self.has_news.clear()
            pending, self.pending = self.pending, {}
            for message in await news.of(self.user, self.criteria, pending):
                await self.send(message)

    async def _watch_session(self) -> None:
        """Signals close the socket of an ended session at once; this finds what they missed."""
        while True:
            await asyncio.sleep(SESSION_CHECK_SECONDS)
            await self._close_if_signed_out()

    async def _close_if_signed_out(self) -> None:
        session = SessionStore(self.scope["session"].session_key)
        user = await get_user({"session": session})
        if not (user.is_authenticated and user.is_active):
            await self.close(SIGNED_OUT)


def _catch_up(user, shown: Shown) -> list[str]:
    with timezone.override(zone_of(user)):
        found = missed(user, shown)
        removed = [news.removed_message(pk) for pk in found.removed]
        return removed + [news.job_message(group) for group in found.groups]

"""What the websockets of all pages have in common: whose they are, and what they do not stand."""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress

from channels.auth import get_user
from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.sessions.backends.db import SessionStore

from ourvidz.live import session_group_of

SIGNED_OUT, BAD_MESSAGE, TOO_MUCH, TOO_MANY = 4401, 4400, 4408, 4429
BROKEN = 1011  # as RFC 6455 names what went wrong at the server
SOCKETS_PER_USER = 12  # of this process
MESSAGES, PER_SECONDS = 20, 5.0
SESSION_CHECK_SECONDS = 60.0

logger = logging.getLogger(__name__)

_open_sockets: Counter[int] = Counter()


class PageSocket(AsyncJsonWebsocketConsumer):
    """A socket of the signed-in user, in groups that the server alone decides.

    It closes when its session ends; frames that are no JSON text, or too many, close it too.
    """

    counted = False

    def groups_of(self, user_id: int) -> list[str]:
        """What this socket listens to, beside the end of its session."""
        raise NotImplementedError

    def work(self) -> list:
        """Coroutines that run as long as it is open."""
        return [self._watch_session()]

    async def connect(self) -> None:
        self.user = self.scope["user"]
        self.received: deque[float] = deque(maxlen=MESSAGES)
        self.tasks: list[asyncio.Task] = []
        self.joined: list[str] = []
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
        self.joined = [session_group_of(self.user.pk), *self.groups_of(self.user.pk)]
        for group in self.joined:
            await self.channel_layer.group_add(group, self.channel_name)
        self.tasks = [asyncio.create_task(work) for work in self.work()]
        self.tasks.append(asyncio.create_task(self._close_when_broken(tuple(self.tasks))))

    async def _close_when_broken(self, works: Sequence[asyncio.Task]) -> None:
        """An open socket that tells nothing any more would keep its page from catching up."""
        ended, _ = await asyncio.wait(works, return_when=asyncio.FIRST_EXCEPTION)
        for work in ended:
            logger.error("a socket of user %s closes", self.user.pk, exc_info=work.exception())
        await self.close(BROKEN)

    async def disconnect(self, code: int) -> None:
        for task in self.tasks:
            task.cancel()
        if self.counted:
            _open_sockets[self.user.pk] -= 1
            with suppress(OSError):
                for group in self.joined:
                    await self.channel_layer.group_discard(group, self.channel_name)

    @classmethod
    async def decode_json(cls, text_data: str):
        try:
            return await super().decode_json(text_data)
        except ValueError:
            return None

    async def dispatch(self, message: dict) -> None:
        """To the handler of its type, without Channels' look after database connections before.

        That is a thread for each message of each socket, while only what goes through
        `database_sync_to_async` has a connection, and looks after it itself.
        """
        await getattr(self, get_handler_name(message))(message)

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
        """A page that has nothing to say should not."""
        await self.close(BAD_MESSAGE)

    async def session_changed(self, event: dict) -> None:
        """The user signed out somewhere, or was changed."""
        await self._close_if_signed_out()

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

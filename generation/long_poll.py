"""Waiting for a job outside of Django, where a worker that waits costs no thread.

Django keeps a thread for each request that has called anything synchronous, for as long as the
request takes; so a claim is answered at once there. One that found nothing is kept here and asked
again, from the first middleware on, when one of its lanes is rung for and every few seconds.
A job for a worker that has gone meanwhile is taken back, for its lease would run on for nothing.
"""

import asyncio
import json
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field

from django.utils import timezone

from generation.remote.messages import LONGEST_WAIT_SECONDS
from ourvidz.asgi_types import App, Message, Receive, Scope, Send
from ourvidz.live import Doorbell

CLAIM = "/api/v1/worker/claim"
ASKED_BEFORE = "ourvidz.asked_before"  # in the scope of a claim that is asked again
GONE_SINCE = "ourvidz.gone_since"  # in that of one whose worker is not there to hear the answer
LOOK_SECONDS = 5
LOOKS_AT_A_TIME = 8  # each takes a thread; a bell rings for everybody
LARGEST_BODY = 64 * 1024  # one that is larger is left to Django, which says what is wrong with it
NOTHING: dict[str, None] = {"job": None}


@dataclass
class Answer:
    """What the application sent, kept until it is known whether it is wanted."""

    messages: list[Message] = field(default_factory=list)

    async def keep(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def is_nothing(self) -> bool:
        body = b"".join(message.get("body", b"") for message in self.messages)
        with suppress(ValueError):
            return self.messages[0].get("status") == 200 and json.loads(body) == NOTHING
        return False

    async def pass_on(self, send: Send) -> None:
        for message in self.messages:
            await send(message)


class LongPoll:
    """Answers a claim as `application` does, but nothing only when the wait is over."""

    def __init__(self, application: App) -> None:
        self.application = application
        self._looks = asyncio.Semaphore(LOOKS_AT_A_TIME)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (scope["method"], scope["path"]) != ("POST", CLAIM):
            await self.application(scope, receive, send)
            return
        body, rest = await _body(receive)
        if rest:
            await self.application(scope, _again(rest, receive), send)
            return
        gone = asyncio.ensure_future(_until_disconnect(receive))
        try:
            answer = await self._look(scope, body)
            asked_at = timezone.now()
            if answer.is_nothing:
                answer = await self._waited(scope, body, gone)
            if not gone.done():
                await answer.pass_on(send)
            elif not answer.is_nothing:
                await self._look({**scope, GONE_SINCE: asked_at}, body)
        finally:
            gone.cancel()

    async def _waited(self, scope: Scope, body: bytes, gone: asyncio.Future) -> Answer:
        """The answer at the end of the wait, or when the worker has gone."""
        lanes, seconds = _asked(body)
        scope = {**scope, ASKED_BEFORE: True}
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        async with Doorbell(lanes) as bell:
            while True:
                answer = await self._look(scope, body)
                left = deadline - loop.time()
                if left <= 0 or not answer.is_nothing:
                    return answer
                if await _first(gone, bell.wait(min(left, LOOK_SECONDS))):
                    return answer

    async def _look(self, scope: Scope, body: bytes) -> Answer:
        """What the application answers now."""
        answer = Answer()
        message = {"type": "http.request", "body": body, "more_body": False}
        async with self._looks:
            await self.application({**scope}, _again([message], _never), answer.keep)
        return answer


def _asked(body: bytes) -> tuple[list[str], float]:
    """The lanes and the seconds of a claim that was found to be right."""
    claim = json.loads(body)
    return claim["lanes"], float(claim.get("wait_seconds", LONGEST_WAIT_SECONDS))


async def _body(receive: Receive) -> tuple[bytes, list[Message]]:
    """The whole body; or, where it is too large or was broken off, the messages so far."""
    messages: list[Message] = []
    size = 0
    while True:
        messages.append(message := await receive())
        size += len(message.get("body", b""))
        if message["type"] != "http.request" or size > LARGEST_BODY:
            return b"", messages
        if not message.get("more_body"):
            return b"".join(message.get("body", b"") for message in messages), []


def _again(messages: list[Message], then: Receive) -> Receive:
    """Receives `messages` once more, and after them what `then` does."""
    left = list(messages)

    async def receive() -> Message:
        return left.pop(0) if left else await then()

    return receive


async def _never() -> Message:
    """The application is not told of a worker that goes: its look is short."""
    await asyncio.Event().wait()
    raise AssertionError("never set")


async def _until_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _first(gone: asyncio.Future, waiting: Awaitable[None]) -> bool:
    """Wait for either; whether the worker has gone."""
    rung = asyncio.ensure_future(waiting)
    try:
        await asyncio.wait({gone, rung}, return_when=asyncio.FIRST_COMPLETED)
        return gone.done()
    finally:
        rung.cancel()

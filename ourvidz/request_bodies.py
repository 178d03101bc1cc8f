"""How much a request may bring, and how slowly: decided before any of it is kept.

Django writes a whole body to memory or disk before middleware or a view can refuse it. So this
stands in front of Django, where the server hands over a body piece by piece.
"""

import asyncio
import re
from collections.abc import Iterable
from contextlib import suppress

from django.http import HttpResponse
from django.template.defaultfilters import filesizeformat

from ourvidz.asgi_types import App, Message, Receive, Scope, Send
from ourvidz.problems import API_PREFIX, problem

GRACE_SECONDS = 20.0  # until a body has to keep pace
SLOWEST = 4096  # bytes per second, on average
LINGER_SECONDS = 5.0  # to read on after a refusal, or the client would not get to see it
TOO_LARGE = "What was sent is too large: at most {most} are accepted here. Send less at a time."
TOO_SLOW = "What was sent came too slowly, and the connection was closed. Try again."
GONE = {"type": "http.disconnect"}


class BodyLimits:
    """ASGI: 413 for bodies over the limit of their path, 408 for those that crawl.

    `limits` are pairs of a pattern for the whole path and bytes; the first that matches
    counts, `default` where none does.
    """

    def __init__(self, app: App, limits: Iterable[tuple[str, int]], default: int) -> None:
        self._app = app
        self._limits = [(re.compile(pattern), most) for pattern, most in limits]
        self._default = default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        most = self.limit_of(scope["path"])
        body = _Body(most, receive)
        if _announced(scope) > most:
            await _refuse(scope, receive, send, body.too_large())
            return
        await self._app(scope, body.receive, send)
        if body.refusal is not None:
            await _refuse(scope, receive, send, body.refusal)

    def limit_of(self, path: str) -> int:
        """The most bytes that a body sent to `path` may have."""
        fitting = (most for pattern, most in self._limits if pattern.fullmatch(path))
        return next(fitting, self._default)


class _Body:
    """One request's body on its way in.

    One that is refused ends for the application as if its client had gone, before it has
    answered anything: `refusal` is the status and the sentence that the client is still to get.
    """

    def __init__(self, most: int, receive: Receive) -> None:
        self._most = most
        self._receive = receive
        self._received = 0
        self._began: float | None = None
        self._is_complete = False
        self.refusal: tuple[int, str] | None = None

    async def receive(self) -> Message:
        if self._is_complete:
            return await self._receive()  # the client's going, however long that takes
        if self.refusal is not None:
            return GONE
        try:
            async with asyncio.timeout_at(self._deadline()):
                message = await self._receive()
        except TimeoutError:
            self.refusal = (408, TOO_SLOW)
            return GONE
        return self._counted(message)

    def too_large(self) -> tuple[int, str]:
        return 413, TOO_LARGE.format(most=filesizeformat(self._most).replace("\xa0", " "))

    def _deadline(self) -> float:
        if self._began is None:
            self._began = asyncio.get_running_loop().time()
        return self._began + GRACE_SECONDS + self._received / SLOWEST

    def _counted(self, message: Message) -> Message:
        self._received += len(message.get("body", b""))
        if self._received > self._most:
            self.refusal = self.too_large()
            return GONE
        self._is_complete = not message.get("more_body", False)
        return message


def _announced(scope: Scope) -> int:
    """The Content-Length; 0 without one, or where the server let nonsense pass."""
    lengths = (value for name, value in scope["headers"] if name == b"content-length")
    return max((int(length) for length in lengths if length.isdigit()), default=0)


async def _refuse(scope: Scope, receive: Receive, send: Send, refusal: tuple[int, str]) -> None:
    """Answer, and close the connection: what else comes on it belongs to the refused body."""
    response = _response(scope["path"], *refusal)
    headers = {**response.headers, "Content-Length": str(len(response.content))}
    headers |= {"Connection": "close", "X-Content-Type-Options": "nosniff"}
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": pairs})
    await send({"type": "http.response.body", "body": response.content, "more_body": True})
    await _read_away(receive)
    await send({"type": "http.response.body", "body": b""})


def _response(path: str, status: int, detail: str) -> HttpResponse:
    if path.startswith(API_PREFIX):
        return problem(status, detail)
    return HttpResponse(detail, status=status, content_type="text/plain; charset=utf-8")


async def _read_away(receive: Receive) -> None:
    """Read on for a moment: a connection closed with bytes unread loses the answer too."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while (await receive()).get("more_body"):
                pass

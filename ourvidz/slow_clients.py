"""uvicorn's HTTP protocol, with an end to its patience.

uvicorn waits for ever for the head of a request, and for a client to take its answer. Either
holds a connection, the second a zip's slot and a thread too. `request_bodies` has the pace of
bodies.
"""

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class ImpatientProtocol(HttpToolsProtocol):
    """Drops connections whose request head does not come, or whose answer is not taken."""

    head_seconds = 20.0  # for a whole request line and its headers
    stalled_seconds = 60.0  # without a byte of the answer being taken

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._head_alarm, self._taking_alarm = _Alarm(self.loop), _Alarm(self.loop)
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_alarm.cancel()
        self._taking_alarm.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self._head_alarm.is_set:
            self._await_head()

    def on_headers_complete(self) -> None:
        self._head_alarm.cancel()
        super().on_headers_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_taking()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.transport.is_closing():
            self._taking_alarm.cancel()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch_closing()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._watch_closing()

    def _await_head(self) -> None:
        self._head_alarm.set(self.head_seconds, self.transport.abort)

    def _watch_closing(self) -> None:
        """A connection that is closed stays open until its last answer is taken."""
        if self.transport.is_closing():
            self._watch_taking()

    def _watch_taking(self) -> None:
        left = self.transport.get_write_buffer_size()
        self._taking_alarm.set(self.stalled_seconds, self._look, left)

    def _look(self, before: int) -> None:
        """Nothing is written while it is paused or closing, so what is left can only shrink."""
        if self.transport.get_write_buffer_size() < before:
            self._watch_taking()
        else:
            self.transport.abort()


class _Alarm:
    """One timer of `loop`, set again and again."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_set(self) -> bool:
        return self._timer is not None

    def set(self, seconds: float, then: Callable[..., None], *arguments) -> None:
        """Call `then` after `seconds`, in place of what it was set to before."""
        self.cancel()
        self._timer = self._loop.call_later(seconds, then, *arguments)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

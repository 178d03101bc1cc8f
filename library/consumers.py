"""The websocket of an open library page."""

import asyncio

from ourvidz.live import library_group_of
from ourvidz.sockets import PageSocket

PAUSE_SECONDS = 0.5  # between two messages, however much changes


class LibraryConsumer(PageSocket):
    """Says `{"type": "changed"}` when anything in the user's library is other than before.

    The page asks for what it shows, so a message that is late, doubled or lost does no harm.
    """

    def groups_of(self, user_id: int) -> list[str]:
        return [library_group_of(user_id)]

    def work(self) -> list:
        self.news = asyncio.Event()
        return [*super().work(), self._tell_news()]

    async def library_changed(self, event: dict) -> None:
        """Something was saved, changed, deleted or restored."""
        self.news.set()

    async def _tell_news(self) -> None:
        while True:
            await self.news.wait()
            self.news.clear()
            await self.send_json({"type": "changed"})
            await asyncio.sleep(PAUSE_SECONDS)

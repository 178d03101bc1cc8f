"""How far a zip is that is being sent: kept in Redis for the page that waits for it.

The page makes up the token, so it can ask before the reply has begun. While Redis is away, each
process knows of its own.
"""

import time
from dataclasses import dataclass, field

from ourvidz.media.archive_slots import asked

KEPT_SECONDS = 600
PAUSE_SECONDS = 0.3  # between two writes

_here: dict[str, str] = {}  # without Redis


@dataclass
class Progress:
    """Of one zip of `user_id`; without a token nobody asks, and nothing is kept."""

    user_id: int
    token: str
    total: int
    written_at: float = field(default=0.0, init=False)

    def tell(self, done: int) -> None:
        """`done` files are in it; the last one is told in any case."""
        now = time.monotonic()
        if not self.token or (done < self.total and now - self.written_at < PAUSE_SECONDS):
            return
        self.written_at = now
        self._write(f"{done} {self.total} running")

    def end(self, done: int, *, complete: bool) -> None:
        """All is sent, or it was broken off."""
        if self.token:
            self._write(f"{done} {self.total} {'completed' if complete else 'stopped'}")

    def _write(self, text: str) -> None:
        key = _key(self.user_id, self.token)
        asked(
            lambda redis: redis.set(key, text, ex=KEPT_SECONDS),
            lambda: _here.__setitem__(key, text),
        )


def read(user_id: int, token: str) -> dict[str, int | str]:
    """`done`, `total` and `status` (running, completed, stopped); waiting: it has not begun."""
    key = _key(user_id, token)
    kept = asked(lambda redis: redis.get(key), lambda: _here.get(key))
    if not kept:
        return {"done": 0, "total": 0, "status": "waiting"}
    done, total, status = (kept.decode() if isinstance(kept, bytes) else kept).split()
    return {"done": int(done), "total": int(total), "status": status}


def _key(user_id: int, token: str) -> str:
    return f"ourvidz:export:{user_id}:{token}"

"""What was read of the files in a backup's folder, so that they are not read for each backup."""

import sqlite3
from pathlib import Path

BETWEEN_COMMITS = 500


class Sums:
    """Path in the folder -> (bytes, SHA-256), kept in a file; for one thread."""

    def __init__(self, path: Path) -> None:
        try:
            self._database = _opened(path)
        except sqlite3.DatabaseError:  # a disk that was full, or lost power: all is read again
            path.unlink()
            self._database = _opened(path)
        self._uncommitted = 0

    def __enter__(self) -> "Sums":
        return self

    def __exit__(self, *exc_info) -> None:
        self._database.commit()
        self._database.close()

    def get(self, path: str) -> tuple[int, str] | None:
        found = self._database.execute("SELECT bytes, sha256 FROM sums WHERE path = ?", [path])
        return found.fetchone()

    def put(self, path: str, size: int, sha256: str) -> None:
        self._database.execute("REPLACE INTO sums VALUES (?, ?, ?)", [path, size, sha256])
        self._uncommitted += 1
        if self._uncommitted >= BETWEEN_COMMITS:
            self._database.commit()
            self._uncommitted = 0


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.execute(
        "CREATE TABLE IF NOT EXISTS sums (path TEXT PRIMARY KEY, bytes INTEGER, sha256 TEXT)"
    )
    return database

"""Why a job failed, in the words that its owner reads."""

from generation.backends.base import BackendError
from generation.patience import DATABASE_AWAY, is_disk_full

DISK_FULL = "The studio's disk is full. Ask its operator to make room, then try again."
DATABASE_LOST = "The studio's database did not answer for ten minutes. Try again."
UNEXPECTED = (
    "Something went wrong in the studio while making this. Try again; if it happens once more, "
    "its operator finds the cause in the log."
)


def reason_for(error: Exception) -> tuple[str, bool]:
    """What the job's owner reads, without anything internal; and whether to try again."""
    if isinstance(error, BackendError):
        return str(error), error.retry
    if is_disk_full(error):
        return DISK_FULL, True
    if isinstance(error, DATABASE_AWAY):
        return DATABASE_LOST, True
    return UNEXPECTED, False

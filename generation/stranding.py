"""Why a queued job waits although its turn may have come: nobody is there who can do it."""

from generation.announcements import Announcement
from generation.models import Job
from generation.vocabulary import Lane

NO_WORKER = "Waits: no worker for {label} is running now."
NO_MODEL = "Waits: no running worker has {label}."


def reason_to_wait(job: Job, heard: Announcement | None) -> str:
    """For its owner; empty where a worker can take it, or nothing is known of workers."""
    if heard is None or job.lane == Lane.CHAT:
        return ""
    if job.lane not in heard.lanes:
        return NO_WORKER.format(label=job.model_name)
    return NO_MODEL.format(label=job.model_name) if heard.models.get(job.model, "?") else ""

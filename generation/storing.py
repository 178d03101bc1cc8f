"""From a finished picture or clip to files in staging: write, look at it, derive, upload."""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from generation.backends.base import Backend, BackendError, Clip, Picture, RenderTask
from generation.models import Job
from generation.outputs import Output
from generation.patience import insist, is_disk_full
from generation.reasons import DISK_FULL
from generation.reporting import JobReporter
from generation.writing import write_made
from ourvidz.media import buckets
from ourvidz.media.description import describe

STAGING = "workspace-temp"

STORE_AWAY = "The studio's storage did not answer, so this could not be kept. Try again."


class StorageError(BackendError):
    """The files could not be written; another attempt may find room, or the store back."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(DISK_FULL if is_disk_full(cause) else STORE_AWAY, retry=True)


def staging_prefix(job: Job) -> str:
    """Where every file of `job` lies in staging."""
    return f"{job.owner_id}/{job.pk}/"


def store_output(
    job: Job, task: RenderTask, made: Picture | Clip, backend: Backend, reporter: JobReporter
) -> Output:
    """Write `made` to staging; StorageError if there is no room, or no store for ten minutes."""
    with TemporaryDirectory(prefix="ourvidz-") as folder:
        path = write_made(made, task, backend, Path(folder))
        reporter.saving(made.index)
        media = store_media(job, made.index, path, reporter)
    return Output(index=made.index, seed=made.seed, media=media)


def store_media(job: Job, index: int, path: Path, reporter: JobReporter) -> dict:
    """Upload `path` and what is derived from it; the columns of its `MediaFile`."""
    key = f"{staging_prefix(job)}{index}{path.suffix}"
    columns, small_files = describe(key, path)
    _put(key, path, columns["mime_type"], reporter)
    for small_key, content in small_files.items():
        _put(small_key, content, "image/webp", reporter)
    return columns


def _put(key: str, source: Path | bytes, content_type: str, reporter: JobReporter) -> None:
    """Upload with patience; `StorageError` for what a person can do about it."""
    store = partial(buckets.store, STAGING, key, source, content_type)
    try:
        insist(store, f"storing {key}", reporter.go_on_or_raise)
    except OSError as error:
        raise StorageError(error) from error

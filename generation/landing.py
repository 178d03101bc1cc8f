"""An output that a worker on another machine made: taken in, checked, and put into the grid.

The file is judged by what is in it. It comes with the request, or it was uploaded to a place
of its own by a URL that was signed for this attempt; under its final key only the studio
writes, so that an attempt that is over cannot spoil what another one made.
"""

from pathlib import Path

from django.conf import settings

from generation import transitions
from generation.models import Job
from generation.outputs import Output
from generation.remote.messages import OutputBody, UploadAnswer, UploadBody
from generation.storing import STAGING, staging_prefix
from generation.vocabulary import output_seed
from ourvidz.errors import RequestError
from ourvidz.media import buckets
from ourvidz.media.description import describe
from ourvidz.media.probe import MediaError
from ourvidz.media.storages import FileBucket

EXTENSIONS = {"image": ("png", "webp"), "video": ("mp4",)}
TYPES = {"png": "image/png", "webp": "image/webp", "mp4": "video/mp4"}
NO_STORE = "This studio keeps its files itself: send the file as the multipart field file."


def place(job: Job, body: UploadBody) -> UploadAnswer:
    """Where a worker puts the file of an output; RequestError."""
    check(job, body.index, body.extension, body.size)
    bucket = buckets.bucket_named(STAGING)
    if isinstance(bucket, FileBucket):
        raise RequestError({"index": [NO_STORE]})
    content_type = TYPES[body.extension]
    url = bucket.upload_url(_upload_key(job, body), content_type, body.size)
    return UploadAnswer(url=url, method="PUT", headers={"Content-Type": content_type})


def check(job: Job, index: int, extension: str, size: int) -> None:
    """RequestError naming what cannot be an output of `job`."""
    errors: dict[str, list[str]] = {}
    if index >= job.count:
        errors["index"] = [f"This job has {job.count} outputs, from 0."]
    if extension not in EXTENSIONS[job.mode]:
        errors["extension"] = [f"It must be {' or '.join(EXTENSIONS[job.mode])}."]
    if size > settings.WORKER_OUTPUT_BYTES:
        errors["file"] = [f"It has more than {settings.WORKER_OUTPUT_BYTES // 1024**2} MiB."]
    if errors:
        raise RequestError(errors)


def land(job: Job, body: OutputBody, path: Path) -> bool:
    """Put the file at `path` into staging and announce it; False if the job went another way."""
    key = final_key(job, body)
    columns, small_files = _described(job, key, path)
    buckets.store(STAGING, key, path, columns["mime_type"])
    return _announced(job, body, columns, small_files)


def land_uploaded(job: Job, body: OutputBody) -> bool:
    """The same for a file that was uploaded to its `place`."""
    key, uploaded = final_key(job, body), _upload_key(job, body)
    try:
        with buckets.local_copy(STAGING, uploaded) as path:
            columns, small_files = _described(job, key, path)
        buckets.copy(STAGING, uploaded, STAGING, key)
    except FileNotFoundError:
        raise RequestError({"file": ["It was not uploaded yet."]}) from None
    landed = _announced(job, body, columns, small_files)
    buckets.remove(STAGING, [uploaded])
    return landed


def has_landed(job: Job, body: OutputBody) -> bool:
    """Whether this output is in the grid already."""
    return job.assets.filter(index=body.index).exists()  # type: ignore[attr-defined]


def final_key(job: Job, body: OutputBody) -> str:
    return f"{staging_prefix(job)}{body.index}.{body.extension}"


def _upload_key(job: Job, body: UploadBody | OutputBody) -> str:
    return f"{staging_prefix(job)}{body.index}.upload-{body.fence}.{body.extension}"


def _described(job: Job, key: str, path: Path) -> tuple[dict, dict[str, bytes]]:
    try:
        columns, small_files = describe(key, path)
    except MediaError as error:
        raise RequestError({"file": [str(error)]}) from None
    if columns["kind"] != job.mode:
        raise RequestError({"file": [f"The file is no {job.mode}."]})
    return columns, small_files


def _announced(job: Job, body: OutputBody, columns: dict, small_files: dict[str, bytes]) -> bool:
    for key, content in small_files.items():
        buckets.store(STAGING, key, content, "image/webp")
    output = Output(index=body.index, seed=output_seed(job.seed, body.index), media=columns)
    return transitions.add_outputs(job, [output])

"""A small cast for tests: plain functions that make one row each, with sensible columns."""

import hashlib
import io
import itertools
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from PIL import Image

from generation.models import Job, Reference
from generation.vocabulary import JOB_TYPES, Lane, Mode
from library.models import LibraryAsset
from ourvidz.accounts.models import User
from workspace.models import WorkspaceAsset

PASSWORD = "correct horse battery staple"

_numbers = itertools.count(1)


def make_user(username: str = "", **columns) -> User:
    """A person who can sign in with `PASSWORD`."""
    name = username or f"person{next(_numbers)}"
    return User.objects.create_user(name, f"{name}@example.com", PASSWORD, **columns)


def make_job(owner: User, *, status: str = Job.Status.QUEUED, prompt="a boat at dawn", **columns):
    """A job in `status`, with the times and the lease that such a job has."""
    job_type = JOB_TYPES[columns.setdefault("job_type", "sdxl_image_fast")]
    columns.setdefault("lane", job_type.lane)
    is_video = job_type.name.startswith("video")
    defaults = {
        "mode": Mode.VIDEO if is_video else Mode.IMAGE,
        "quality": "high" if "high" in job_type.name else "fast",
        "model": "sdxl" if job_type.lane == Lane.SDXL else "wan",
        "count": 3 if job_type.lane == Lane.SDXL else 1,
        "width": 1024,
        "height": 576,
        "seed": 42,
        "original_prompt": prompt,
        "composed_prompt": prompt,
        "settings": {"prompt": prompt, "steps": job_type.steps, "guidance": job_type.guidance},
    }
    return Job.objects.create(
        owner=owner, status=status, **{**defaults, **_times_of(status), **columns}
    )


def _times_of(status: str) -> dict:
    now = timezone.now()
    if status == Job.Status.QUEUED:
        return {}
    if status == Job.Status.RUNNING:
        lease = {"lease_expires_at": now + timedelta(seconds=45), "worker": "test-worker"}
        return {"started_at": now, "attempts": 1, "fence": 1, **lease}
    return {"started_at": now - timedelta(seconds=8), "ended_at": now, "attempts": 1, "fence": 1}


def picture_bytes(
    width: int = 64, height: int = 36, *, file_format: str = "PNG", colour=0
) -> bytes:
    """An encoded picture; another `colour` (0 to 255) gives other bytes."""
    image = Image.new("RGB", (width, height), (colour, 120, 200))
    file = io.BytesIO()
    image.save(file, file_format)
    return file.getvalue()


def make_workspace_asset(job: Job, index: int = 0, *, stored: bool = False, **columns):
    """Output `index` of `job`. With `stored` its files are in the bucket, else only the row is."""
    prefix = f"{job.owner_id}/{job.id}/{index}"
    defaults = {
        **_media(prefix, job.mode, colour=index),
        "owner_id": job.owner_id,
        "prompt": job.composed_prompt,
        "seed": job.seed + index,
        "model": job.model,
        "settings": job.settings,
    }
    asset = WorkspaceAsset.objects.create(job=job, index=index, **{**defaults, **columns})
    return _with_files(asset) if stored else asset


def make_library_asset(owner: User, *, stored: bool = False, **columns):
    """A kept picture of `owner`. With `stored` its files are in the bucket."""
    number = next(_numbers)
    defaults = {
        **_media(f"{owner.pk}/kept-{number}", Mode.IMAGE, colour=number % 256),
        "original_prompt": "a boat at dawn",
        "composed_prompt": "a boat at dawn, cinematic",
        "seed": 42,
        "model": "sdxl",
        "quality": "fast",
        "lane": "sdxl",
    }
    asset = LibraryAsset.objects.create(owner=owner, **{**defaults, **columns})
    return _with_files(asset) if stored else asset


def make_reference(owner: User, content: bytes | None = None, **columns) -> Reference:
    """A picture to refer to; without `content` its file is not in the bucket."""
    from ourvidz.media import buckets

    defaults = {
        "source": "upload",
        "kind": "image",
        "key": f"{owner.pk}/reference-{next(_numbers)}.png",
        "mime_type": "image/png",
        "bytes": len(content or b""),
        "width": 64,
        "height": 36,
        "sha256": hashlib.sha256(content or b"").hexdigest(),
    }
    reference = Reference.objects.create(owner=owner, **{**defaults, **columns})
    if content:
        buckets.store(reference.bucket, reference.key, content, reference.mime_type)
    return reference


def make_telling_asset(owner: User, folder: Path, **columns) -> LibraryAsset:
    """A kept picture whose file says how it was made, as those of the studio do."""
    from ourvidz.media import buckets, encode

    file = folder / "made.png"
    encode.write_png(Image.new("RGB", (64, 36)), file, {"prompt": "a secret boat"})
    content = file.read_bytes()
    figures = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    asset = make_library_asset(owner, stored=True, **figures, **columns)
    buckets.store(asset.bucket, asset.key, file, "image/png")
    return asset


def _media(prefix: str, mode: str, *, colour: int) -> dict:
    """Media columns of the picture (64 x 36) or the clip that stands at `prefix`."""
    data = picture_bytes(colour=colour)
    columns = {
        "kind": mode,
        "key": f"{prefix}.png",
        "thumbnail_key": f"{prefix}.thumb.webp",
        "mime_type": "image/png",
        "bytes": len(data),
        "width": 64,
        "height": 36,
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    if mode == Mode.IMAGE:
        return columns
    clip = {"duration_seconds": 4.98, "frames_per_second": 50 / 3, "mime_type": "video/mp4"}
    keys = {
        "key": f"{prefix}.mp4",
        "poster_key": f"{prefix}.poster.webp",
        "filmstrip_key": f"{prefix}.strip.webp",
    }
    return {**columns, **clip, **keys}


def _with_files(asset):
    """Store a picture under each key of `asset`; a clip's original is a stand-in, not a clip."""
    from ourvidz.media import buckets

    for key in asset.keys:
        is_webp = key.endswith(".webp")
        data = picture_bytes(file_format="WEBP" if is_webp else "PNG", colour=asset.seed % 256)
        content_type = "image/webp" if is_webp else asset.mime_type
        buckets.store(asset.bucket, key, data, content_type)
    return asset

"""What was uploaded, judged by its content: into the library, or refused with the reason."""

from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from django.db import transaction

from library.background import Refused
from library.models import LibraryAsset
from library.transfer import uploads
from library.transfer.models import Upload
from library.transfer.storing import stored
from ourvidz.errors import LimitError
from ourvidz.media.clip_intake import is_clip, safe_clip
from ourvidz.media.intake import IntakeError, safe_picture
from ourvidz.media.probe import MediaError

LONGEST_TITLE = 200  # characters
MATROSKA = b"\x1aE\xdf\xa3"
NOT_MP4 = "This is a WebM or MKV clip. Save it as an MP4 with H.264, and upload that."
WANTED = "a PNG, JPEG or WebP picture, or an MP4 clip"
PARTS_GONE = "A part of it is no longer there. Upload the file again."


def accept(upload: Upload) -> None:
    """Make a library asset of a whole upload; Refused with the reason where it cannot be."""
    try:
        with TemporaryDirectory(prefix="ourvidz-") as folder:
            path = _safe(_assembled(upload, Path(folder)))
            upload.advance()
            _keep(upload, path)
    except (IntakeError, MediaError, LimitError) as error:
        raise Refused(str(error)) from error
    upload.remove_parts()


def _assembled(upload: Upload, folder: Path) -> Path:
    path = folder / "upload"
    try:
        with path.open("wb") as file:
            uploads.assemble(upload, file)
    except FileNotFoundError as error:
        raise Refused(PARTS_GONE) from error
    return path


def _safe(path: Path) -> Path:
    """A fresh PNG or MP4 of what is at `path`; IntakeError if it is neither picture nor clip."""
    with path.open("rb") as file:
        start = file.read(12)
    if start.startswith(MATROSKA):
        raise Refused(NOT_MP4)
    if is_clip(start):
        new = path.with_suffix(".mp4")
        safe_clip(path, new)
    else:
        new = path.with_suffix(".png")
        new.write_bytes(safe_picture(path, wanted=WANTED).png)
    return new


def _keep(upload: Upload, path: Path) -> None:
    uploads.check_room(upload.owner, path.stat().st_size)
    title = PurePath(upload.name).stem[:LONGEST_TITLE]
    source = LibraryAsset.Source.UPLOAD
    with stored(upload.owner_id, path, title=title, source=source) as asset, transaction.atomic():
        asset.save(force_insert=True)
        upload.finish(asset=asset, done=1, total=1)

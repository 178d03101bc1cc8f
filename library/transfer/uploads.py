"""Receiving files in parts: each part is kept whole or not at all, and in its order."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from library.models import LibraryAsset
from library.transfer.models import BUCKET, Import, Upload
from ourvidz.errors import LimitError, RequestError, StateError
from ourvidz.media import buckets

LONGEST_NAME = 200  # characters
JOINERS = "\u200c\u200d"  # in the words of some scripts, and in emoji of families
BLOCK = 256 * 1024  # bytes
NO_ROOM = "Your library is full: {used} of {quota} are used. Delete something and empty the trash."
TAKEN = (
    "There is no room for it: {used} of {quota} are used, and uploads that are not done yet take "
    "{coming}. Wait for them or discard some; or delete something and empty the trash."
)
WRONG_OFFSET = "This upload is at another place. Ask for its offset and go on from there."


class TooLarge(LimitError):  # noqa: N818 - said as a sentence
    """It has more bytes than are accepted; the message says how many are."""


def most_bytes(purpose: str) -> int:
    """The largest file that is accepted for `purpose`."""
    is_archive = purpose == Upload.Purpose.ARCHIVE
    return settings.ARCHIVE_BYTES if is_archive else settings.UPLOAD_CLIP_BYTES


@transaction.atomic
def begin(owner, name: str, length: int, purpose: str) -> Upload:
    """A new upload of `length` bytes; RequestError, TooLarge or LimitError where it cannot be."""
    purpose = _checked_purpose(purpose)
    if length < 1:
        raise RequestError({"Upload-Length": ["The file is empty. Choose another."]})
    if length > most_bytes(purpose):
        most = filesizeformat(most_bytes(purpose))
        raise TooLarge(f"The file has {filesizeformat(length)}; at most {most} are accepted.")
    get_user_model().objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
    check_room(owner, length, coming=_coming(owner))
    open_ones = Upload.objects.owned_by(owner).filter(status=Upload.Status.RECEIVING)
    if open_ones.count() >= settings.OPEN_UPLOADS_PER_USER:
        raise LimitError(
            f"{settings.OPEN_UPLOADS_PER_USER} uploads are open. Finish or discard some first."
        )
    return Upload.objects.create(
        owner=owner,
        name=clean_name(name),
        length=length,
        purpose=purpose,
        status=Upload.Status.RECEIVING,
    )


def _checked_purpose(purpose: str) -> str:
    if purpose not in Upload.Purpose.values:
        choices = ", ".join(Upload.Purpose.values)
        raise RequestError({"Upload-Metadata": [f"purpose must be one of {choices}."]})
    return purpose


def clean_name(name: str) -> str:
    """A file name as text for one line, without folders and marks that turn its direction."""
    last = name.replace("\\", "/").rpartition("/")[2]
    words = "".join(one for one in last if one.isprintable() or one in JOINERS)
    return words.strip(f" {JOINERS}")[:LONGEST_NAME] or "Unnamed"


def _coming(owner) -> int:
    """The bytes of all that was begun and is not in the library yet, as far as was said."""
    states = (Upload.Status.RECEIVING, Upload.Status.QUEUED, Upload.Status.RUNNING)
    rows = Upload.objects.owned_by(owner).filter(status__in=states)
    return rows.aggregate(coming=Sum("length"))["coming"] or 0


def check_room(owner, more: int, coming: int = 0) -> None:
    """LimitError where `more` bytes do not fit into the owner's quota beside `coming` ones."""
    quota = settings.LIBRARY_QUOTA_BYTES
    if not quota:
        return
    used = LibraryAsset.objects.owned_by(owner).aggregate(used=Sum("bytes"))["used"] or 0
    if used + coming + more > quota:
        sizes = {"used": used, "quota": quota, "coming": coming}
        told = {name: filesizeformat(size) for name, size in sizes.items()}
        raise LimitError((TAKEN if coming else NO_ROOM).format(**told))


def append(upload: Upload, offset: int, part: IO[bytes], length: int) -> int:
    """Keep the next `length` bytes, which begin at `offset`; the offset after them.

    StateError where they do not follow what is there, TooLarge where they go beyond the end or
    are too many for one part. What is cut off is not kept at all.
    """
    if upload.status != Upload.Status.RECEIVING or offset != upload.offset:
        raise StateError(WRONG_OFFSET)
    most = settings.UPLOAD_PART_BYTES
    if length > min(most, upload.length - offset):
        raise TooLarge(f"Send at most {most} bytes at a time, and not beyond the end.")
    if not length:
        return offset
    name = upload.new_part()
    key = f"{upload.owner_id}/{upload.pk}/{name}"
    _store(key, part, length)
    try:
        return _count(upload, name, length)
    except BaseException:
        buckets.remove(BUCKET, [key])
        raise


def _store(key: str, part: IO[bytes], length: int) -> None:
    with NamedTemporaryFile(prefix="ourvidz-") as file:
        left = length
        while left and (block := part.read(min(BLOCK, left))):
            file.write(block)
            left -= len(block)
        if left:
            raise RequestError({"body": ["The part is shorter than its Content-Length."]})
        file.flush()
        buckets.store(BUCKET, key, Path(file.name), "application/octet-stream")


@transaction.atomic
def _count(upload: Upload, name: str, length: int) -> int:
    """Make the stored part count; StateError where another request was first."""
    now = timezone.now()
    columns: dict[str, Any] = {"offset": upload.offset + length, "parts": [*upload.parts, name]}
    if columns["offset"] == upload.length:
        is_archive = upload.purpose == Upload.Purpose.ARCHIVE
        status = Upload.Status.COMPLETED if is_archive else Upload.Status.QUEUED
        columns |= {"status": status, "ended_at": now if is_archive else None}
    ours = Upload.objects.filter(pk=upload.pk, offset=upload.offset, status=Upload.Status.RECEIVING)
    if not ours.update(turn_at=now, **columns):
        raise StateError(WRONG_OFFSET)
    if columns.get("status") == Upload.Status.COMPLETED:
        Import.objects.create(owner_id=upload.owner_id, upload=upload)
    for column, value in columns.items():
        setattr(upload, column, value)
    return upload.offset


def discard(upload: Upload) -> None:
    """Forget it with what has arrived; what is in the library by now stays.

    StateError while an archive is being imported.
    """
    run = Import.objects.filter(upload=upload).first()
    if run is not None and not run.ended:
        raise StateError("This archive is being imported. Cancel the import first.")
    upload.delete()


def assemble(upload: Upload, to: IO[bytes]) -> None:
    """Write the whole file to `to`; FileNotFoundError where a part is gone."""
    for key in upload.keys:
        with buckets.open_file(BUCKET, key) as part:
            while block := part.read(BLOCK):
                to.write(block)
    to.flush()

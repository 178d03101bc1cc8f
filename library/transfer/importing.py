"""An archive into the library: looked through to its end first, then all of it or nothing."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID
from zipfile import ZipFile

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q

from library import tagging, trash
from library.background import Refused
from library.models import LibraryAsset, PublicPage
from library.plain import copied
from library.transfer import archive, storing, uploads
from library.transfer.archive import ArchiveError
from library.transfer.manifest import AssetEntry, Manifest
from library.transfer.models import Import
from library.transfer.planting import plant
from ourvidz.errors import LimitError
from ourvidz.live import announce_library
from ourvidz.media import buckets
from ourvidz.media.clip_intake import safe_clip
from ourvidz.media.intake import IntakeError, safe_picture
from ourvidz.media.probe import MediaError

CHUNK = 500  # rows at once
# Files without rows that are older than an hour are taken for orphans (reconcile_storage).
LONGEST_STORING = 45 * 60  # seconds
TOO_SLOW = "The studio's storage is too slow for so many at once. Export it in parts."
_KEPT = (
    "index",
    "original_prompt",
    "enhanced_prompt",
    "composed_prompt",
    "negative_prompt",
    "seed",
    "model",
    "quality",
    "lane",
    "backend",
    "settings",
    "made_at",
    "title",
    "favourite",
    "rating",
    "visibility",
    "created_at",
)

Rows = dict[UUID, LibraryAsset]  # by the id that the archive gives


def import_archive(run: Import) -> None:
    """Take the archive of `run` into its owner's library; Refused where it cannot be taken."""
    try:
        with TemporaryDirectory(prefix="ourvidz-") as folder:
            path = _assembled(run, Path(folder))
            with archive.opened(path) as (zipped, told):
                _import(run, zipped, told, Path(folder))
    except (ArchiveError, LimitError) as error:
        raise Refused(str(error)) from error
    run.release()


def _assembled(run: Import, folder: Path) -> Path:
    path = folder / "archive.zip"
    try:
        with path.open("wb") as file:
            uploads.assemble(run.upload, file)
    except FileNotFoundError as error:
        raise Refused("A part of the archive is no longer there. Upload it again.") from error
    return path


def _import(run: Import, zipped: ZipFile, told: Manifest, folder: Path) -> None:
    entries, known = told.assets, _known(run.owner, told.assets)
    new = [entry for entry in entries if entry.id not in known]
    uploads.check_room(run.owner, sum(entry.bytes for entry in new))
    run.advance(phase="checking", done=0, total=len(entries) + len(new))
    for number, entry in enumerate(entries, start=1):
        _check(archive.extracted(zipped, entry, folder), entry, folder)
        run.advance(done=number)
    run.advance(phase="storing")
    with _stored(run, zipped, new, folder) as rows:
        _commit(run, told, rows)


def _known(owner, entries: Sequence[AssetEntry]) -> Rows:
    """What the owner has already, under the archive's id and with the same content."""
    found: Rows = {}
    wanted = {entry.id: entry.sha256 for entry in entries}
    ids = list(wanted)
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        rows = LibraryAsset.objects.owned_by(owner).present()
        rows = rows.filter(Q(pk__in=some, imported_id=None) | Q(imported_id__in=some))
        for row in rows.only("pk", "imported_id", "sha256", "deleted_at", "job_id", "owner_id"):
            archived = row.imported_id or row.pk
            if row.sha256 == wanted[archived]:
                found[archived] = row
    return found


def _check(path: Path, entry: AssetEntry, folder: Path) -> None:
    """Whether the file is what it is said to be, opened in a process of its own."""
    try:
        if entry.kind == "video":
            safe_clip(path, folder / "checked.mp4")
            kind = "video/mp4"
        else:
            kind = safe_picture(path, settings.UPLOAD_CLIP_BYTES).source_type
    except IntakeError as error:
        raise ArchiveError(f"{entry.file}: {error}") from error
    if kind != entry.mime_type:
        raise ArchiveError(f"{entry.file} is {kind}, not the {entry.mime_type} that it should be.")


@contextmanager
def _stored(
    run: Import, zipped: ZipFile, entries: Sequence[AssetEntry], folder: Path
) -> Iterator[Rows]:
    """Rows of `entries`, not saved yet, with their files; which go where the block raises."""
    rows: Rows = {}
    until = time.monotonic() + LONGEST_STORING
    with ExitStack() as undo:
        for entry in entries:
            if time.monotonic() > until:
                raise ArchiveError(TOO_SLOW)
            path = archive.extracted(zipped, entry, folder)
            try:
                rows[entry.id] = _put(run.owner_id, path, entry, undo)
            except MediaError as error:
                raise ArchiveError(f"{entry.file}: {error}") from error
            run.advance(done=run.done + 1)
        yield rows
        undo.pop_all()


def _put(owner_id: int, path: Path, entry: AssetEntry, undo: ExitStack) -> LibraryAsset:
    """The row of `entry`, with its page for strangers where it has one; `undo` removes files."""
    row = storing.put(owner_id, path, **_columns(entry))
    undo.callback(buckets.remove, row.bucket, row.keys)
    if row.visibility != LibraryAsset.Visibility.PRIVATE:
        page = copied(row, PublicPage(asset=row), small=True)
        undo.callback(buckets.remove, page.bucket, page.keys)
    return row


def _columns(entry: AssetEntry) -> dict[str, Any]:
    origin = entry.origin.model_dump(mode="json")
    told = {name: getattr(entry, name) for name in _KEPT}
    source = LibraryAsset.Source.IMPORT
    return {**told, "source": source, "origin": origin, "imported_id": entry.id}


@transaction.atomic
def _commit(run: Import, told: Manifest, stored: Rows) -> None:
    """All rows at once. What another import has brought meanwhile is left as it is."""
    get_user_model().objects.select_for_update(no_key=True).only("pk").get(pk=run.owner_id)
    known = _known(run.owner, told.assets)
    made = {pk: row for pk, row in stored.items() if pk not in known}
    if len(made) < len(stored) or len(made) + len(known) < len(told.assets):
        raise ArchiveError("Your library changed while the archive was read. Import it again.")
    LibraryAsset.objects.bulk_create(made.values(), batch_size=CHUNK)
    pages = [row.public_page for row in made.values() if hasattr(row, "public_page")]
    PublicPage.objects.bulk_create(pages, batch_size=CHUNK)
    _tag(run.owner, [(made[entry.id], entry.tags) for entry in told.assets if entry.id in made])
    restored = _restored([row for row in known.values() if row.deleted_at])
    planted = plant(run.owner, told.collections, made | known)
    run.finish(
        made=len(made),
        known=len(known),
        restored=restored,
        collections_made=planted,
        missing=len(told.missing),
    )
    announce_library(run.owner_id)


def _restored(rows: Sequence[LibraryAsset]) -> int:
    chunks = (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
    return sum(
        trash.restore(LibraryAsset.objects.filter(pk__in=[row.pk for row in chunk]))
        for chunk in chunks
    )


def _tag(owner, tagged: Sequence[tuple[LibraryAsset, Sequence[str]]]) -> None:
    """Give new assets their tags; a tag in any case is one, as `library.tagging` has it."""
    tags = tagging.tags_named(owner.pk, (name for _, names in tagged for name in names))
    known = {tag.name.casefold(): tag.pk for tag in tags}
    through = LibraryAsset.tags.through
    pairs = {(asset.pk, known[name.casefold()]) for asset, names in tagged for name in names}
    links = [through(libraryasset_id=asset, tag_id=tag) for asset, tag in sorted(pairs)]
    through.objects.bulk_create(links, batch_size=CHUNK)

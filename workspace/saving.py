"""Save: copy staged files to the library, then give them a row with full provenance.

Files come first and rows second, so a row never lacks its files. Whoever saves the same
asset at the same time copies too, under other keys; only one of them gets the row, and the
other's files are removed again.
"""

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from uuid import UUID, uuid4

from django.db import DatabaseError

from library.labels import Labelled, Labels
from library.models import LibraryAsset
from library.trash import restore
from ourvidz.live import announce_library
from ourvidz.media import buckets
from workspace.bucket_calls import Patience, in_parallel
from workspace.models import WorkspaceAsset
from workspace.outcomes import ItemResult

logger = logging.getLogger(__name__)

FILE_GONE = "Its file is no longer in the workspace, so it cannot be saved."
NOT_COPIED = "It could not be copied to the library. Try again."
LEAVING_TRASH = "Its earlier copy is just leaving the trash for good. Try again in a moment."


@dataclass
class Copy:
    """A staged asset on its way to the library. `row` is not in the database yet."""

    asset: WorkspaceAsset
    row: LibraryAsset | None = None
    error: str = ""


@dataclass
class Saved:
    """What a save did. `made` are library assets that were not in the library before."""

    results: list[ItemResult]
    made: list[UUID]
    labelled: Labelled

    @property
    def asset_ids(self) -> list[UUID]:
        """Workspace assets that are in the library now."""
        return [result.asset_id for result in self.results if result.ok]

    def jobs_among(self, assets: Sequence[WorkspaceAsset]) -> set[UUID]:
        """The jobs of those `assets` that were not in the library before."""
        made = set(self.made)
        new = {result.asset_id for result in self.results if result.library_asset_id in made}
        return {asset.job_id for asset in assets if asset.pk in new}


@contextmanager
def copied(
    assets: Sequence[WorkspaceAsset], *, title: str = "", patience: Patience
) -> Iterator[list[Copy]]:
    """The files of `assets` in the library's bucket, for `record` to make rows of.

    On leaving, copies that got no row are removed, whatever the reason.
    """
    ids = [asset.pk for asset in assets]
    known = set(
        LibraryAsset.objects.filter(source_asset_id__in=ids).values_list(
            "source_asset_id", flat=True
        )
    )
    copies = [
        Copy(asset, None if asset.pk in known else _row_for(asset, title)) for asset in assets
    ]
    try:
        in_parallel(partial(_copy_files, patience), copies)
        yield copies
    finally:
        _remove_unused([copy.row for copy in copies if copy.row])


def record(owner_id: int, copies: Sequence[Copy], labels: Labels) -> Saved:
    """Make the rows of `copies`, inside a transaction that holds the locks of their jobs.

    What the library has already only gets the labels; a copy in the trash comes back.
    """
    found = _library_rows(copies)
    made = _made(copies, found)
    back = _restored([row for row in found.values() if row.deleted_at])
    rows = found | made
    results = [_result(copy, rows.get(copy.asset.pk), back) for copy in copies]
    library_ids = [result.library_asset_id for result in results if result.library_asset_id]
    new = [row.pk for row in made.values()]
    announce_library(owner_id)
    return Saved(results, [*new, *back], labels.put_on(owner_id, library_ids))


def _made(copies: Sequence[Copy], found: Collection[UUID]) -> dict[UUID, LibraryAsset]:
    """The rows that are new now, by the id of the staged asset."""
    made = {
        copy.asset.pk: copy.row
        for copy in copies
        if copy.row and not copy.error and copy.asset.pk not in found
    }
    LibraryAsset.objects.bulk_create(made.values())
    return made


def _row_for(asset: WorkspaceAsset, title: str) -> LibraryAsset:
    """The row that `asset` gets, with all that is known about how it was made."""
    job, library_id = asset.job, uuid4()
    media = {name: getattr(asset, name) for name in asset.MEDIA_FIELDS}
    return LibraryAsset(
        id=library_id,
        owner_id=asset.owner_id,
        source_asset_id=asset.pk,
        job_id=job.pk,
        index=asset.index,
        original_prompt=job.original_prompt,
        enhanced_prompt=job.enhanced_prompt,
        composed_prompt=asset.prompt,
        negative_prompt=job.negative_prompt,
        seed=asset.seed,
        model=asset.model,
        quality=job.quality,
        lane=job.lane,
        backend=job.backend,
        settings=asset.settings,
        made_at=asset.created_at,
        title=title,
        **(media | _library_keys(asset, library_id)),
    )


def _library_keys(asset: WorkspaceAsset, library_id: UUID) -> dict[str, str]:
    stem = f"{asset.owner_id}/{library_id}"
    return {
        "key": stem + PurePosixPath(asset.key).suffix,
        "thumbnail_key": f"{stem}.thumb.webp" if asset.thumbnail_key else "",
        "poster_key": f"{stem}.poster.webp" if asset.poster_key else "",
        "filmstrip_key": f"{stem}.strip.webp" if asset.filmstrip_key else "",
    }


def _copy_files(patience: Patience, copy: Copy) -> None:
    """Copy every file, or say in `copy.error` why not."""
    asset, row = copy.asset, copy.row
    if row is None:
        return
    if patience.is_over:
        copy.error = NOT_COPIED
        return
    try:
        for from_key, to_key in zip(asset.keys, row.keys, strict=True):
            buckets.copy(asset.bucket, from_key, row.bucket, to_key)
    except FileNotFoundError:
        copy.error = FILE_GONE
    except OSError:
        logger.exception("asset %s not copied to the library", copy.asset.pk)
        copy.error = NOT_COPIED
        patience.note_failure()


def _library_rows(copies: Sequence[Copy]) -> dict[UUID, LibraryAsset]:
    ids = [copy.asset.pk for copy in copies]
    rows = LibraryAsset.objects.filter(source_asset_id__in=ids).only(
        "pk", "source_asset_id", "deleted_at"
    )
    return {row.source_asset_id: row for row in rows if row.source_asset_id}


def _restored(rows: Sequence[LibraryAsset]) -> set[UUID]:
    """Bring rows back from the trash; ids of those that are in the library now."""
    if not rows:
        return set()
    trashed = LibraryAsset.objects.filter(pk__in=[row.pk for row in rows])
    restore(trashed)
    return set(trashed.kept().values_list("pk", flat=True))


def _result(copy: Copy, row: LibraryAsset | None, back: set[UUID]) -> ItemResult:
    if row is None:
        return ItemResult(copy.asset.pk, error=copy.error or LEAVING_TRASH)
    if row.deleted_at and row.pk not in back:
        return ItemResult(copy.asset.pk, error=LEAVING_TRASH)
    return ItemResult(copy.asset.pk, library_asset_id=row.pk)


def _remove_unused(rows: Sequence[LibraryAsset]) -> None:
    """Remove the files of `rows` that are not in the database.

    Where the database cannot say, the files stay: an orphan is found later, a row without
    its files would be a loss.
    """
    if not rows:
        return
    try:
        kept = set(LibraryAsset.objects.in_bulk([row.pk for row in rows]))
        unused = [key for row in rows if row.pk not in kept for key in row.keys]
        buckets.remove(LibraryAsset.bucket, unused)
    except (DatabaseError, OSError):
        logger.exception("copies of %d assets may be left in the library's bucket", len(rows))

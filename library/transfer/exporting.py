"""Assets as a zip with a manifest, made while it is sent: memory stays flat."""

import hashlib
import tempfile
import zipfile
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC
from itertools import islice
from pathlib import PurePosixPath
from typing import IO, Any, cast
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Coalesce
from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify

from library.models import LibraryAsset, LibraryAssetQuerySet
from library.search.syntax import QueryError
from library.transfer import manifest
from library.transfer.forest import Forest
from ourvidz.errors import LimitError, RequestError
from ourvidz.media import archives, buckets
from ourvidz.media.archive_progress import Progress

CHUNK = 200  # rows read at once
MISSING_NAME = "MISSING.txt"  # of a plain zip
WAIT = "Two downloads are running. Wait until one of them is done, then try again."
TOO_MANY = "These are {number:,} assets; an archive holds {most:,}. Choose fewer, and export twice."
EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip can say

GONE = "It was deleted while the export ran."
UNREADABLE = "Its file cannot be read."
CHANGED = "Its file is not what it was when it was kept."


@dataclass(frozen=True)
class Chosen:
    """What is exported: assets in order, and collections with them; None: where they are in."""

    owner: Any
    ids: Sequence[UUID]
    name: str
    collections: Collection[UUID] | None = None


def chosen(
    owner,
    *,
    q: str | None = None,
    collection_id: UUID | None = None,
    job_id: UUID | None = None,
    asset_ids: Sequence[UUID] | None = None,
    except_ids: Sequence[UUID] = (),
) -> Chosen:
    """What one of these names, a search without `except_ids`; none of them: the whole library.

    Http404 for what is not the owner's, RequestError for a search that cannot be read, for more
    than one of them, and for too many assets.
    """
    if sum(given is not None for given in (q, collection_id, job_id, asset_ids)) > 1:
        raise RequestError({"q": ["Name one of q, collection_id, job_id and asset_ids."]})
    kept = LibraryAsset.objects.owned_by(owner).kept()
    if collection_id is not None:
        return _of_collection(owner, kept, collection_id)
    if job_id is not None:
        return _checked(owner, kept.filter(job_id=job_id), "job", must_exist=True)
    if asset_ids is not None:
        return _selected(owner, kept, set(asset_ids))
    if except_ids or (q and q.strip()):
        found = _found(kept, q or "", owner).exclude(pk__in=except_ids)
        return _checked(owner, found, "search")
    return _checked(owner, kept, "library", collections=Forest(owner).rows.keys())


def _of_collection(owner, kept: LibraryAssetQuerySet, collection_id: UUID) -> Chosen:
    forest = Forest(owner)
    if collection_id not in forest.rows:
        raise Http404
    inside = forest.within(collection_id)
    held = forest.places.filter(collection__in=inside).order_by().values("asset")
    name = forest.rows[collection_id].name
    return _checked(owner, kept.filter(pk__in=held), name, collections=inside)


def _selected(owner, kept: LibraryAssetQuerySet, ids: Collection[UUID]) -> Chosen:
    found = _checked(owner, kept.filter(pk__in=ids), "selection", must_exist=True)
    if len(found.ids) < len(ids):
        raise Http404
    return found


def _found(kept: LibraryAssetQuerySet, query: str, owner) -> LibraryAssetQuerySet:
    try:
        return kept.matching(query, owner)
    except QueryError as error:
        raise RequestError({"q": [str(error)]}) from error


def _checked(
    owner,
    assets: LibraryAssetQuerySet,
    name: str,
    *,
    collections: Collection[UUID] | None = None,
    must_exist: bool = False,
) -> Chosen:
    # In an order that an imported library has too.
    ordered = assets.order_by("created_at", Coalesce("imported_id", "id"))
    most = settings.ARCHIVE_ASSETS
    ids = list(ordered.values_list("pk", flat=True)[: most + 1])
    if len(ids) > most:
        raise RequestError({"q": [TOO_MANY.format(number=assets.count(), most=most)]})
    if must_exist and not ids:
        raise Http404
    return Chosen(owner, ids, name, collections)


def response(user, what: Chosen, *, token: str = "", plain: bool = False) -> StreamingHttpResponse:
    """The zip as it is made, `plain` without the manifest; LimitError while two of the user's are
    being sent. With `token` (`archive_progress`) the page can ask how far it is.
    """
    try:
        slot = archives.take_slot(user.pk)
    except archives.TooManyArchives as error:
        raise LimitError(WAIT) from error
    progress = Progress(user.pk, token, len(what.ids))
    blocks = archives.stream(user.pk, Export(what, progress, plain).blocks(), slot)
    answer = StreamingHttpResponse(blocks, content_type="application/zip")
    words = slugify(what.name)[:60].strip("-") or "library"
    name = f"ourvidz-{words}-{timezone.localdate():%Y-%m-%d}.zip"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@dataclass
class Export:
    """One archive on its way."""

    what: Chosen
    progress: Progress = field(default_factory=lambda: Progress(0, "", 0))  # of which nobody asks
    plain: bool = False
    sink: archives.Sink = field(default_factory=archives.Sink)
    known_as: dict[UUID, UUID] = field(default_factory=dict)
    missing: list[dict[str, Any]] = field(default_factory=list)

    def blocks(self) -> Generator[bytes, None, None]:
        """The zip; whoever waits for it learns how far it is, and whether it was broken off."""
        done, complete = 0, False
        try:
            with closing(self._numbered_blocks()) as blocks:
                for done, block in blocks:
                    self.progress.tell(done)
                    yield block
            complete = True
        finally:
            self.progress.end(done, complete=complete)

    def _numbered_blocks(self) -> Generator[tuple[int, bytes], None, None]:
        """The media, stored as they are; then the manifest, which says what there was of them.

        With each block goes how many of what was chosen have been before.
        """
        # Their entries wait on disk, for a zip is written one file after the other.
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as entries,
            zipfile.ZipFile(cast(IO[bytes], self.sink), "w") as archive,
        ):
            for number, pk, asset in self._assets():
                if asset is None:
                    self._miss(pk, str(pk), GONE)
                else:
                    for block in self._put(archive, asset, number, entries):
                        yield number - 1, block
            for block in self._put_end(archive, entries):
                yield len(self.what.ids), block
        yield len(self.what.ids), self.sink.taken()

    def _put_end(self, archive: zipfile.ZipFile, entries: IO[str]) -> Generator[bytes, None, None]:
        """The manifest; in a plain zip only the names of what is missing, if anything is."""
        if not self.plain:
            yield from self._put_manifest(archive, entries)
        elif self.missing:
            lines = [f"{gone['name']}: {gone['reason']}" for gone in self.missing]
            archive.writestr(MISSING_NAME, "Not in this archive:\n" + "\n".join(lines))

    def _assets(self) -> Iterator[tuple[int, UUID, LibraryAsset | None]]:
        """Each that was chosen as it is now; None where it is no longer there."""
        numbered = enumerate(self.what.ids, start=1)
        kept = LibraryAsset.objects.owned_by(self.what.owner).filter(deleted_at=None)
        while some := list(islice(numbered, CHUNK)):
            rows = kept.prefetch_related("tags").in_bulk([pk for _, pk in some])
            yield from ((number, pk, rows.get(pk)) for number, pk in some)

    def _put(
        self, archive: zipfile.ZipFile, asset: LibraryAsset, number: int, entries: IO[str]
    ) -> Generator[bytes, None, None]:
        path = _place_of(asset, number)
        try:
            file = buckets.open_file(asset.bucket, asset.key)
        except OSError:
            self._miss(manifest.id_of(asset), asset.name, UNREADABLE)
            return
        digest = hashlib.sha256()
        with file, archive.open(_zip_entry(path, asset), "w") as target:
            while block := file.read(archives.BLOCK):
                digest.update(block)
                target.write(block)
                yield self.sink.taken()
        if digest.hexdigest() != asset.sha256:
            self._miss(manifest.id_of(asset), asset.name, CHANGED, path)
            return
        separator = ",\n" if self.known_as else ""
        entries.write(separator + manifest.written(manifest.entry_of(asset, path)))
        self.known_as[asset.pk] = manifest.id_of(asset)

    def _miss(self, asset_id: UUID, name: str, reason: str, path: str = "") -> None:
        entry = {"id": asset_id, "file": path, "name": name, "reason": reason}
        self.missing.append(entry)

    def _put_manifest(
        self, archive: zipfile.ZipFile, entries: IO[str]
    ) -> Generator[bytes, None, None]:
        entry = zipfile.ZipInfo(manifest.NAME, timezone.now().timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        entries.seek(0)
        with archive.open(entry, "w") as target:
            for text in self._manifest(entries):
                target.write(text.encode())
                yield self.sink.taken()

    def _manifest(self, entries: IO[str]) -> Iterator[str]:
        head = {
            "format": manifest.FORMAT,
            "version": manifest.VERSION,
            "exported_at": timezone.now(),
        }
        yield f'{manifest.written(head)[:-1]}, "assets": [\n'
        while text := entries.read(archives.BLOCK):
            yield text
        yield '\n], "collections": [\n'
        for number, collection in enumerate(self._collections()):
            yield (",\n" if number else "") + manifest.written(collection)
        yield f'\n], "missing": {manifest.written(self.missing)}}}\n'

    def _collections(self) -> Iterator[dict[str, Any]]:
        forest = Forest(self.what.owner)
        chosen = self.what.collections
        if chosen is None:
            chosen = forest.around(self.known_as.keys())
        return forest.entries(chosen, self.known_as)


def _place_of(asset: LibraryAsset, number: int) -> str:
    """Plain ASCII made of its name; the number makes it the only one."""
    words = slugify(asset.name)[:60].strip("-_") or "untitled"
    suffix = manifest.SUFFIXES.get(asset.mime_type) or PurePosixPath(asset.key).suffix[1:]
    return f"media/{number:05d}-{words}.{suffix}"


def _zip_entry(path: str, asset: LibraryAsset) -> zipfile.ZipInfo:
    made = asset.created_at.astimezone(UTC).timetuple()[:6]
    entry = zipfile.ZipInfo(path, max(made, EARLIEST))
    entry.external_attr = 0o644 << 16
    entry.file_size = asset.bytes
    return entry

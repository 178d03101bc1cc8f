"""Whether rows and files agree: every file has a row, every row its files, unchanged.

Walks through the rows of every model of stored media and through every key of the buckets,
holding neither in memory. What was written in the last hour is left alone: its row may not
be committed yet.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from itertools import islice
from operator import or_

from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from ourvidz.media import buckets, thumbnails
from ourvidz.media.filmstrip import filmstrip
from ourvidz.media.models import MediaFile
from ourvidz.media.storages import FileBucket

BATCH = 500
SETTLED = timedelta(hours=1)
CHUNK_BYTES = 1024 * 1024
_OWNER = re.compile(r"([0-9]{1,18})/")


@dataclass(frozen=True)
class Finding:
    """One disagreement. `problem` is orphan, missing, truncated or swapped."""

    problem: str
    bucket: str
    key: str
    row: MediaFile | None = None

    def __str__(self) -> str:
        owner = f" of {self.row._meta.label} {self.row.pk}" if self.row else ""
        return f"{self.problem}: {self.bucket}/{self.key}{owner}"


def stored_models() -> list[type[MediaFile]]:
    """Every model whose rows have files."""
    return [model for model in apps.get_models() if issubclass(model, MediaFile)]


def findings(*, sizes_only: bool = False) -> Iterator[Finding]:
    """Every disagreement; with `sizes_only` files are not read, so none is found swapped."""
    for model in stored_models():
        for row in model._default_manager.order_by("pk").iterator(BATCH):
            yield from _wrong_with(row, sizes_only)
    # Only buckets whose files have rows: parts of uploads are cleaned by the library itself.
    for bucket in sorted({model.bucket for model in stored_models()}):
        yield from _orphans(bucket)


def _wrong_with(row: MediaFile, sizes_only: bool) -> Iterator[Finding]:
    found = [
        Finding(problem, row.bucket, key, row)
        for key in row.keys
        if (problem := _problem_of(row, key, sizes_only))
    ]
    # A row that went meanwhile took its files with it.
    if found and type(row)._default_manager.filter(pk=row.pk).exists():
        yield from found


def _problem_of(row: MediaFile, key: str, sizes_only: bool) -> str:
    """What is wrong with one file of `row`; only of the original it is known what it was."""
    try:
        size = buckets.size(row.bucket, key)
    except FileNotFoundError:
        return "missing"
    if key != row.key:
        return "" if size else "truncated"
    if size != row.bytes:
        return "truncated" if size < row.bytes else "swapped"
    return "" if sizes_only or _sha256(row.bucket, key) == row.sha256 else "swapped"


def _sha256(bucket: str, key: str) -> str:
    digest = hashlib.sha256()
    with buckets.open_file(bucket, key) as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _orphans(bucket: str) -> Iterator[Finding]:
    keys = buckets.each_key(bucket)
    while batch := list(islice(keys, BATCH)):
        for key in set(batch) - _known(bucket, batch):
            if _is_settled(bucket, key):
                yield Finding("orphan", bucket, key)


def _known(bucket: str, keys: Iterable[str]) -> set[str]:
    """Those of `keys` that belong to a row."""
    return {
        key
        for model in stored_models()
        if model.bucket == bucket
        for row in model._default_manager.filter(_named(model, keys))
        for key in row.keys
    }


def _named(model: type[MediaFile], keys: Iterable[str]) -> Q:
    """Rows with any of `keys`; most keys start with their owner's id, which is indexed."""
    named = reduce(or_, (Q(**{f"{name}__in": keys}) for name in model.KEY_FIELDS))
    if not model.keys_name_owner:
        return named
    owners = {match[1] for key in keys if (match := _OWNER.match(key))}
    return Q(owner_id__in=owners) & named


def _is_settled(bucket: str, key: str) -> bool:
    storage = buckets.bucket_named(bucket)
    # A copy may be a link to an old file: when it got this name is its change time.
    is_file = isinstance(storage, FileBucket)
    written_at = storage.get_created_time if is_file else storage.get_modified_time
    try:
        return written_at(key) < timezone.now() - SETTLED
    except FileNotFoundError:
        return False


def mend(finding: Finding) -> bool:
    """Remove an orphan, make small pictures anew, bring an original back from its copy.

    Whether that could be done. A row whose file is nowhere is left for a person to judge.
    """
    if finding.row is None:
        buckets.remove(finding.bucket, [finding.key])
        return True
    if finding.key == finding.row.key:
        return _bring_back(finding.row)
    return _derive_again(finding.row)


def _bring_back(row: MediaFile) -> bool:
    for model in stored_models():
        twins = model._default_manager.filter(sha256=row.sha256, bytes=row.bytes)
        for twin in twins.exclude(key=row.key):
            if not _problem_of(twin, twin.key, sizes_only=False):
                buckets.copy(twin.bucket, twin.key, row.bucket, row.key)
                return True
    return False


def _derive_again(row: MediaFile) -> bool:
    if _problem_of(row, row.key, sizes_only=False):
        return False
    with buckets.local_copy(row.bucket, row.key) as path:
        derived = thumbnails.derive(path, row.kind)
        if strip_key := getattr(row, "filmstrip_key", ""):
            buckets.store(row.bucket, strip_key, filmstrip(path), "image/webp")
    buckets.store(row.bucket, row.thumbnail_key, derived.thumbnail, "image/webp")
    if row.poster_key and derived.poster:
        buckets.store(row.bucket, row.poster_key, derived.poster, "image/webp")
    return True

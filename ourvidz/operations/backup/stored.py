"""The files that a studio stores, as its rows name them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings

from ourvidz.media import buckets
from ourvidz.media.reconciliation import stored_models

BATCH = 500


@dataclass(frozen=True)
class StoredFile:
    """One file of a bucket. `sha256` is empty where no row has it: of what was derived."""

    bucket: str
    key: str
    sha256: str = ""

    @property
    def path(self) -> str:
        """In a backup's folder."""
        return f"media/{self.bucket}/{self.key}"

    @property
    def line(self) -> str:
        return f"{self.bucket}\t{self.key}\t{self.sha256}\n"

    @classmethod
    def of_line(cls, line: str) -> "StoredFile":
        return cls(*line.rstrip("\n").split("\t"))


def named_files() -> Iterator[StoredFile]:
    """Every file that a row names."""
    for model in stored_models():
        columns = ("sha256", *model.KEY_FIELDS)  # the first of which is the original
        rows = model._default_manager.order_by("pk").values_list(*columns)
        for sha256, original, *derived in rows.iterator(BATCH):
            yield StoredFile(model.bucket, original, sha256)
            yield from (StoredFile(model.bucket, key) for key in derived if key)


def unnamed_files() -> Iterator[StoredFile]:
    """Every file of the buckets whose files have no such rows: parts of uploads."""
    for bucket in settings.BUCKETS:
        if bucket in {model.bucket for model in stored_models()}:
            continue
        for key in buckets.each_key(bucket):
            with suppress(ValueError):  # a name on disk may be no key of ours
                yield StoredFile(bucket, buckets.checked(key))

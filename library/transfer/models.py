"""What comes into the library from outside: files on their way, and archives being read."""

import secrets

from django.db import models
from django.db.models import Q

from library.background import Run
from ourvidz.media import buckets

BUCKET = "uploads"


class Upload(Run):
    """A file on its way here. What has arrived lies in parts, each whole, in its own bucket."""

    class Purpose(models.TextChoices):
        ASSET = "asset", "Picture or clip"
        ARCHIVE = "archive", "Archive"

    name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=7, choices=Purpose.choices, default=Purpose.ASSET)
    length = models.PositiveBigIntegerField(help_text="Bytes.")
    offset = models.PositiveBigIntegerField(default=0, help_text="Bytes that have arrived.")
    parts = models.JSONField(default=list, editable=False)
    asset = models.ForeignKey(
        "library.LibraryAsset", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(Run.Meta):
        indexes = [
            models.Index(name="upload_of_owner", fields=["owner", "-created_at", "-id"]),
            models.Index(
                name="upload_turn",
                fields=["turn_at"],
                condition=Q(status__in=["queued", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        return self.offset == self.length

    @property
    def percent(self) -> int:
        return 100 * self.offset // self.length

    @property
    def keys(self) -> list[str]:
        """Its parts in order."""
        return [f"{self.owner_id}/{self.pk}/{part}" for part in self.parts]

    def new_part(self) -> str:
        """A name for the next part that no other request gives to its own."""
        return f"{len(self.parts):06d}-{secrets.token_hex(4)}"

    def release(self) -> None:
        """An archive's parts go with its import."""
        if self.purpose == self.Purpose.ASSET:
            self.remove_parts()

    def remove_parts(self) -> None:
        buckets.remove(BUCKET, self.keys)


class Import(Run):
    """An archive that is read into the library: all of it, or nothing."""

    upload = models.OneToOneField(Upload, on_delete=models.CASCADE, related_name="import_run")
    made = models.PositiveIntegerField(default=0, help_text="Assets that are new.")
    known = models.PositiveIntegerField(default=0, help_text="Assets that were there before.")
    restored = models.PositiveIntegerField(default=0, help_text="Of those, back from the trash.")
    collections_made = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0, help_text="Named without a file.")
    phase = models.CharField(max_length=8, blank=True)

    class Meta(Run.Meta):
        indexes = [
            models.Index(
                name="import_turn",
                fields=["turn_at"],
                condition=Q(status__in=["queued", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"Import of {self.upload}"

    def release(self) -> None:
        self.upload.remove_parts()

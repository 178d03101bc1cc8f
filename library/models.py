"""Permanent assets with full provenance."""

import uuid
from datetime import UTC, datetime, timedelta
from functools import reduce
from math import ceil
from operator import or_

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import Truncator

from ourvidz.media.models import MediaFile

# Earlier than any trash: a row that is marked so is past restoring, whatever TRASH_DAYS says.
PURGED = datetime(1970, 1, 1, tzinfo=UTC)


class Tag(models.Model):
    """A user's own word for assets."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tags"
    )
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="one_tag_per_name", fields=["owner", "name"])]

    def __str__(self) -> str:
        return self.name


def trash_limit() -> datetime:
    """What went into the trash before this goes for good."""
    return max(timezone.now() - timedelta(days=settings.TRASH_DAYS), PURGED + timedelta(days=1))


def _has(word: str) -> Q:
    # SQLite compares letters beyond ASCII by case, so each spelling is asked for.
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    fields = ("title", "original_prompt", "enhanced_prompt", "composed_prompt")
    asked = [Q(**{f"{field}__icontains": text}) for field in fields for text in spellings]
    return reduce(or_, asked)


class LibraryAssetQuerySet(models.QuerySet["LibraryAsset"]):
    def owned_by(self, user) -> "LibraryAssetQuerySet":
        return self.filter(owner=user)

    def kept(self) -> "LibraryAssetQuerySet":
        """In the library, not in the trash, newest first."""
        return self.filter(deleted_at__isnull=True).order_by("-created_at", "-id")

    def trashed(self) -> "LibraryAssetQuerySet":
        return self.filter(deleted_at__isnull=False).order_by("-deleted_at", "-id")

    def restorable(self) -> "LibraryAssetQuerySet":
        """In the trash, and not for so long that they go for good."""
        return self.trashed().filter(deleted_at__gte=trash_limit())

    def present(self) -> "LibraryAssetQuerySet":
        """What its owner can still open: in the library, or restorable from the trash."""
        return self.filter(Q(deleted_at__isnull=True) | Q(deleted_at__gte=trash_limit()))

    def overdue(self) -> "LibraryAssetQuerySet":
        """In the trash for longer than TRASH_DAYS."""
        return self.filter(deleted_at__lt=trash_limit())

    def older_than(self, asset: "LibraryAsset", by: str = "created_at") -> "LibraryAssetQuerySet":
        """What comes after `asset` where the newest by the time column `by` is first."""
        time = getattr(asset, by)
        return self.filter(Q(**{f"{by}__lt": time}) | Q(**{by: time}, id__lt=asset.id))

    def matching(self, query: str) -> "LibraryAssetQuerySet":
        """Those that have every word of `query` in their title or a prompt, in any case."""
        # PostgreSQL has no NUL in text and refuses to look for one.
        words = query.replace("\0", " ").split()
        return reduce(lambda assets, word: assets.filter(_has(word)), words, self)


class LibraryAsset(MediaFile):
    """A kept picture or clip, in the bucket `user-library`."""

    bucket = "user-library"

    class Visibility(models.TextChoices):
        PRIVATE = "private", "Private"
        UNLISTED = "unlisted", "Unlisted"
        PUBLIC = "public", "Public"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="library_assets"
    )
    source_asset_id = models.UUIDField(
        null=True, blank=True, unique=True, help_text="The staged asset that it was saved from."
    )
    job_id = models.UUIDField(null=True, blank=True)
    index = models.PositiveSmallIntegerField(default=0)

    original_prompt = models.TextField(blank=True)
    enhanced_prompt = models.TextField(blank=True)
    composed_prompt = models.TextField(blank=True)
    negative_prompt = models.TextField(blank=True)
    seed = models.PositiveBigIntegerField(null=True, blank=True)
    model = models.CharField(max_length=40, blank=True)
    quality = models.CharField(max_length=8, blank=True)
    lane = models.CharField(max_length=8, blank=True)
    backend = models.CharField(max_length=40, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField(default=timezone.now, help_text="When it was generated.")

    title = models.CharField(max_length=200, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="assets")
    favourite = models.BooleanField(default=False)
    rating = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(5)])
    visibility = models.CharField(
        max_length=8, choices=Visibility.choices, default=Visibility.PRIVATE
    )
    created_at = models.DateTimeField(default=timezone.now, help_text="When it was saved.")
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = LibraryAssetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="library_rating", condition=Q(rating__lte=5)),
        ]
        indexes = [
            models.Index(
                name="library_keyset",
                fields=["owner", "-created_at", "-id"],
                condition=Q(deleted_at__isnull=True),
            ),
            models.Index(
                name="library_trash",
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.original_prompt[:60] or str(self.id)

    @property
    def days_left(self) -> int | None:
        """Days until it goes from the trash for good, rounded up; None outside the trash."""
        if self.deleted_at is None:
            return None
        return max(0, ceil((self.deleted_at - trash_limit()) / timedelta(days=1)))

    @property
    def name(self) -> str:
        """What to call it: its title, or the start of its prompt."""
        return self.title or Truncator(self.original_prompt).chars(80) or "Untitled"

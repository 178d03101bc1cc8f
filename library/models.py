"""Permanent assets with full provenance."""

import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import Truncator

from library.bulk.models import Batch, BatchFailure, BatchStep
from library.counting.models import HourCount
from library.organising.models import Settled
from library.search.columns import SearchTextField, StepsField
from library.search.compiler import condition
from library.search.derived import FOLLOWING, READ
from library.search.models import SavedSearch
from library.search.syntax import Term, parse
from library.transfer.models import Import, Upload
from ourvidz.media.models import MadeFile, MediaFile

__all__ = [
    "PURGED",
    "Batch",
    "BatchFailure",
    "BatchStep",
    "HourCount",
    "Import",
    "LibraryAsset",
    "LibraryAssetQuerySet",
    "PublicPage",
    "SavedSearch",
    "Settled",
    "Tag",
    "Upload",
    "trash_limit",
]

# Columns that may be long, and that no tile shows.
LONG = (
    *("composed_prompt", "enhanced_prompt", "negative_prompt"),
    *("settings", "origin", "search_text"),
)
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


class LibraryAssetQuerySet(models.QuerySet["LibraryAsset"]):
    def owned_by(self, user) -> "LibraryAssetQuerySet":
        return self.filter(owner=user)

    def kept(self) -> "LibraryAssetQuerySet":
        """In the library, not in the trash, newest first."""
        return self.filter(deleted_at__isnull=True).order_by("-created_at", "-id")

    def for_tiles(self) -> "LibraryAssetQuerySet":
        """Without the long columns, of which a tile shows nothing."""
        return self.defer(*LONG)

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

    def older_than(self, asset: "LibraryAsset") -> "LibraryAssetQuerySet":
        """What comes after `asset` in the order of the library."""
        return self._beside(asset, "lt")

    def newer_than(self, asset: "LibraryAsset") -> "LibraryAssetQuerySet":
        """What comes before `asset` in the order of the library."""
        return self._beside(asset, "gt")

    def from_place(self, asset: "LibraryAsset") -> "LibraryAssetQuerySet":
        """`asset` and what comes after it in the order of the library."""
        return self._beside(asset, "lt", itself="e")

    def up_to(self, asset: "LibraryAsset") -> "LibraryAssetQuerySet":
        """`asset` and what comes before it in the order of the library."""
        return self._beside(asset, "gt", itself="e")

    def _beside(
        self, asset: "LibraryAsset", side: str, *, itself: str = ""
    ) -> "LibraryAssetQuerySet":
        # The first condition follows from the second, but only it bounds an index scan.
        time = asset.created_at
        return self.filter(
            Q(**{f"created_at__{side}e": time}),
            Q(**{f"created_at__{side}": time}) | Q(**{f"id__{side}{itself}": asset.id}),
        )

    def matching(self, query: str, owner) -> "LibraryAssetQuerySet":
        """Those of `owner` that match a search; QueryError where it cannot be read."""
        return self.meeting(parse(query), owner)

    def meeting(self, terms: Sequence[Term], owner) -> "LibraryAssetQuerySet":
        """Those of `owner` that all `terms` of a search hold for."""
        return self.filter(condition(terms, owner))

    def update(self, **columns) -> int:
        """As ever, but not what the search text is made of: that follows `save` only."""
        followed = READ & columns.keys()
        if followed:
            raise ValueError(f"save() each asset to change {', '.join(sorted(followed))}.")
        return super().update(**columns)


class LibraryAsset(MadeFile):
    """A kept picture or clip, in the bucket `user-library`."""

    bucket = "user-library"

    class Visibility(models.TextChoices):
        PRIVATE = "private", "Private"
        UNLISTED = "unlisted", "Unlisted"
        PUBLIC = "public", "Public"

    class Source(models.TextChoices):
        GENERATED = "generated", "Made here"
        UPLOAD = "upload", "Uploaded"
        IMPORT = "import", "Imported"

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
    source = models.CharField(max_length=9, choices=Source.choices, default=Source.GENERATED)
    made_at = models.DateTimeField(default=timezone.now, help_text="When it was generated.")

    origin = models.JSONField(
        null=True, blank=True, editable=False, help_text="Imported: where it was before, by name."
    )
    imported_id = models.UUIDField(
        null=True, blank=True, editable=False, help_text="The id that its archive gave it."
    )

    title = models.CharField(max_length=200, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="assets")
    favourite = models.BooleanField(default=False)
    rating = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(5)])
    visibility = models.CharField(
        max_length=8, choices=Visibility.choices, default=Visibility.PRIVATE
    )
    created_at = models.DateTimeField(default=timezone.now, help_text="When it was saved.")
    deleted_at = models.DateTimeField(null=True, blank=True)

    # What the search reads; both follow the other columns.
    steps = StepsField(null=True, blank=True, editable=False)
    search_text = SearchTextField(blank=True, editable=False)

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
            models.Index(name="library_seed", fields=["owner", "seed"]),
            models.Index(name="library_sha256", fields=["sha256"]),
            models.Index(
                name="library_imported",
                fields=["owner", "imported_id"],
                condition=Q(imported_id__isnull=False),
            ),
            models.Index(
                name="library_hashes",
                fields=["owner", "-created_at", "-id", "kind", "perceptual_hash"],
                condition=Q(deleted_at__isnull=True),
            ),
            models.Index(
                name="library_unhashed", fields=["id"], condition=Q(perceptual_hash__isnull=True)
            ),
            models.Index(
                name="library_trash",
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.original_prompt[:60] or str(self.id)

    def save(self, *args, update_fields: Iterable[str] | None = None, **kwargs) -> None:
        """As ever; what the search reads follows the columns that it is made of."""
        if update_fields is not None and READ & set(update_fields):
            update_fields = FOLLOWING | set(update_fields)
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def days_left(self) -> int | None:
        """Days until it goes from the trash for good, rounded up; None outside the trash."""
        if self.deleted_at is None:
            return None
        return max(0, ceil((self.deleted_at - trash_limit()) / timedelta(days=1)))

    @property
    def name(self) -> str:
        """What to call it: its title, or the start of its prompt."""
        return self.title or _start(self.original_prompt) or "Untitled"


def _start(text: str, length: int = 80) -> str:
    """Its first characters; Django's way looks at each, since some are drawn over others."""
    if not text.isascii():
        return Truncator(text).chars(length)
    return text if len(text) <= length else f"{text[: length - 1]}…"


def make_token() -> str:
    """What nobody guesses: 128 random bits, for a URL."""
    return secrets.token_urlsafe(16)


class PublicPageQuerySet(models.QuerySet["PublicPage"]):
    def open(self) -> "PublicPageQuerySet":
        """Those that strangers can open: of assets that are kept, by people who may sign in."""
        return self.filter(asset__deleted_at=None, asset__owner__is_active=True)


class PublicPage(MediaFile):
    """What strangers see of an asset that is not private: plain files, at an address of its own.

    There is one as long as the asset is unlisted or public; `library.publishing` sees to that.
    """

    bucket = "user-library"
    keys_name_owner = False

    asset = models.OneToOneField(LibraryAsset, on_delete=models.CASCADE, related_name="public_page")
    token = models.CharField(max_length=32, unique=True, default=make_token, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PublicPageQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """As its owner named it; never words of the prompt."""
        return self.asset.title or ("Clip" if self.is_video else "Picture")

    @property
    def is_listed(self) -> bool:
        """Whether search engines may know of it."""
        return self.asset.visibility == LibraryAsset.Visibility.PUBLIC

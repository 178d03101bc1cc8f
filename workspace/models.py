"""Staging: what jobs made, until it is saved or expires; and what can be undone."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from generation.models import Job
from library.models import LibraryAsset
from ourvidz.media.models import MadeFile


def default_expiry():
    """When an asset that is staged now expires."""
    return timezone.now() + timedelta(days=settings.STAGING_DAYS)


def undo_deadline():
    """Until when an action that is done now can be undone."""
    return timezone.now() + timedelta(minutes=settings.UNDO_MINUTES)


def undo_limit():
    """What was removed before this cannot be undone any more."""
    return timezone.now() - timedelta(minutes=settings.UNDO_MINUTES)


class WorkspaceAssetQuerySet(models.QuerySet["WorkspaceAsset"]):
    def owned_by(self, user) -> "WorkspaceAssetQuerySet":
        return self.filter(owner=user)

    def shown(self) -> "WorkspaceAssetQuerySet":
        """In the workspace now."""
        return self.filter(removed_at__isnull=True)

    def restorable(self) -> "WorkspaceAssetQuerySet":
        """Removed, and neither expired nor so long ago that their files may be going."""
        return self.filter(expires_at__gte=timezone.now(), removed_at__gte=undo_limit())

    def with_saved(self) -> "WorkspaceAssetQuerySet":
        """Annotates `library_asset_id`: the copy in the library, if it has one out of the trash."""
        copies = LibraryAsset.objects.filter(source_asset_id=OuterRef("pk"), deleted_at=None)
        return self.annotate(library_asset_id=Subquery(copies.values("pk")[:1]))

    def purgeable(self) -> "WorkspaceAssetQuerySet":
        """Expired, or removed so long ago that it cannot be undone any more."""
        return self.filter(Q(expires_at__lt=timezone.now()) | Q(removed_at__lt=undo_limit()))


class WorkspaceAsset(MadeFile):
    """One output of a job, in the bucket `workspace-temp`."""

    bucket = "workspace-temp"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="assets")
    index = models.PositiveSmallIntegerField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="workspace_assets"
    )
    prompt = models.TextField(help_text="The composed prompt.")
    seed = models.PositiveBigIntegerField()
    model = models.CharField(max_length=40)
    settings = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=default_expiry)
    removed_at = models.DateTimeField(null=True, blank=True)

    library_asset_id: uuid.UUID | None  # annotated by `with_saved`

    objects = WorkspaceAssetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_asset_per_job_and_index", fields=["job", "index"])
        ]
        indexes = [
            models.Index(name="workspace_keyset", fields=["owner", "-created_at", "-id"]),
            models.Index(name="workspace_expiry", fields=["expires_at"]),
            models.Index(
                name="workspace_removed",
                fields=["removed_at"],
                condition=Q(removed_at__isnull=False),
            ),
        ]

    @property
    def saved(self) -> bool:
        """Whether the library has a copy; only of rows that come from `with_saved`."""
        return self.library_asset_id is not None

    def __str__(self) -> str:
        return self.prompt[:60]


class Action(models.Model):
    """Something a user did to assets, with what it takes to undo it."""

    class Kind(models.TextChoices):
        SAVE = "save", "Saved"
        DISMISS = "dismiss", "Dismissed"
        DELETE = "delete", "Deleted"
        CLEAR = "clear_workspace", "Cleared the workspace"
        TRASH = "trash", "Moved to trash"
        DUPLICATES = "duplicates", "Sorted out near-duplicates"
        TAG = "tag", "Tagged by prompt"
        PROMPTS = "prompts", "Grouped by prompt"
        CULL = "cull", "Culled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="actions"
    )
    kind = models.CharField(max_length=16, choices=Kind.choices)
    changes = models.JSONField(
        help_text="removed: workspace asset ids; jobs: ids of groups taken out; "
        "saved: library asset ids made; trashed: library asset ids; "
        "organised: what a review list or a culling changed."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=undo_deadline)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="action_history", fields=["owner", "-created_at", "-id"])]

    def __str__(self) -> str:
        return self.get_kind_display()

"""Pictures (and frames) that a job refers to, copied into their owner's own storage."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from generation.models.job import Job
from generation.vocabulary import ReferenceKind, ReferenceRole
from ourvidz.media.models import MediaFile


class ReferenceQuerySet(models.QuerySet["Reference"]):
    def owned_by(self, user) -> "ReferenceQuerySet":
        return self.filter(owner=user)


class Reference(MediaFile):
    """A checked and re-encoded picture in `reference-images`; its id is the `upload_id`."""

    bucket = "reference-images"

    class Source(models.TextChoices):
        UPLOAD = "upload", "Upload"
        URL = "url", "URL"
        ASSET = "asset", "Asset"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="references"
    )
    source = models.CharField(max_length=8, choices=Source.choices)
    source_name = models.CharField(max_length=200, blank=True, help_text="File name or host.")
    source_asset_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(name="reference_keyset", fields=["owner", "-created_at", "-id"])]

    def __str__(self) -> str:
        return self.source_name or str(self.id)


class JobReference(models.Model):
    """How a job uses a reference: in which role, as what kind, how strongly."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="references")
    reference = models.ForeignKey(Reference, on_delete=models.PROTECT, related_name="uses")
    role = models.CharField(max_length=12, choices=ReferenceRole.choices)
    kind = models.CharField(
        max_length=12, choices=ReferenceKind.choices, default=ReferenceKind.STYLE
    )
    strength = models.FloatField(
        default=0.5,
        validators=[MinValueValidator(0.1), MaxValueValidator(0.95)],
        help_text="Denoise is 1 - strength.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="job_reference_role", fields=["job", "role"]),
            models.CheckConstraint(
                name="job_reference_strength",
                condition=Q(strength__gte=0.1) & Q(strength__lte=0.95),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} of {self.job_id}"

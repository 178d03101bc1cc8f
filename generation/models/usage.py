"""What was used, by whom: one entry for each job that ended."""

from django.conf import settings
from django.db import models

from generation.models.job import Job


class UsageEntry(models.Model):
    """Written in the transaction that ends the job; outlives it."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="usage"
    )
    job = models.OneToOneField(
        Job, null=True, on_delete=models.SET_NULL, related_name="usage_entry"
    )
    job_type = models.CharField(max_length=32)
    status = models.CharField(max_length=12)
    credits = models.PositiveIntegerField()
    seconds = models.FloatField(help_text="From the last start to the end.")
    outputs = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "usage entries"
        indexes = [models.Index(name="usage_by_owner", fields=["owner", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.job_type} of {self.owner}"

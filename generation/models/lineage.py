"""Which asset a job came from, and in which role."""

from django.db import models

from generation.models.job import Job


class Lineage(models.Model):
    """An edge from an asset to the job that was made with it.

    Assets are known by the id that they had in staging: a library asset keeps it as its
    source, so the edge outlives the staged file.
    """

    class Role(models.TextChoices):
        REFERENCE = "reference", "Reference"
        STYLE = "style", "Style reference"
        START = "start", "Start frame"
        END = "end", "End frame"
        SEED = "seed", "Seed"
        VARIATION = "variation", "Variation"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lineage")
    parent_asset_id = models.UUIDField()
    role = models.CharField(max_length=12, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lineage_edge", fields=["job", "parent_asset_id", "role"])
        ]
        indexes = [models.Index(name="lineage_children", fields=["parent_asset_id"])]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.parent_asset_id} of {self.job_id}"

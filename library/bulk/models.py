"""What is done to all that match a search, and what it takes to undo it."""

from django.db import models
from django.db.models import Q

from library.background import Run


class Batch(Run):
    """One change of many assets, done in steps."""

    class Action(models.TextChoices):
        TAG = "tag", "Add tags"
        UNTAG = "untag", "Remove tags"
        FAVOURITE = "favourite", "Mark as favourite"
        UNFAVOURITE = "unfavourite", "No longer a favourite"
        RATE = "rate", "Rate"
        ADD = "add", "Add to collection"
        REMOVE = "remove", "Remove from collection"
        MOVE = "move", "Move to another collection"
        VISIBILITY = "visibility", "Change who can see"
        COPY = "copy", "Copy to workspace"
        TRASH = "trash", "Move to trash"
        RESTORE = "restore", "Restore from trash"
        PURGE = "purge", "Delete for good"
        UNDO = "undo", "Undo"

    action = models.CharField(max_length=11, choices=Action.choices)
    query = models.TextField(blank=True, help_text="As in the search box.")
    parameters = models.JSONField(default=dict, blank=True)
    cursor = models.JSONField(null=True, editable=False)
    changed = models.PositiveIntegerField(default=0, help_text="Assets that are other than before.")
    failed = models.PositiveIntegerField(default=0)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="undone_by"
    )

    class Meta(Run.Meta):
        verbose_name_plural = "batches"
        indexes = [
            models.Index(name="batch_of_owner", fields=["owner", "-created_at", "-id"]),
            models.Index(
                name="batch_turn",
                fields=["turn_at"],
                condition=Q(status__in=["queued", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.what}"

    @property
    def what(self) -> str:
        """What it was done to, in words."""
        original = self.undoes or self
        if "asset_ids" in original.parameters:
            return "a selection"
        left_out = len(original.parameters.get("except_ids", ()))
        but = f", but for {left_out:,}" if left_out else ""
        everything = "the trash" if self.action in FROM_TRASH else "the whole library"
        return (original.query or everything) + but

    @property
    def next_step(self) -> int:
        """The number of the step that is to be done."""
        return self.cursor["step"] + 1 if self.cursor else 1

    @property
    def told(self) -> str:
        """What it was told besides, in words: tags, stars, who can see; '' for nothing."""
        told = (self.undoes or self).parameters
        if "rating" in told:
            return f"{told['rating']} of 5"
        return ", ".join(told.get("tags", [])) or told.get("visibility", "")

    @property
    def same(self) -> int:
        """How many were already as they should be."""
        return max(0, self.done - self.changed - self.failed)

    @property
    def left(self) -> int:
        """How many it did not come to, or that no longer matched then."""
        return max(0, self.total - self.done)

    @property
    def is_reversible(self) -> bool:
        """Whether there is anything to take back here; copies are dismissed in the workspace."""
        final = (self.Action.UNDO, self.Action.COPY, self.Action.PURGE)
        return self.changed > 0 and self.action not in final

    @property
    def may_undo(self) -> bool:
        is_undone = getattr(self, "undone_by", None) is not None
        return self.ended and self.is_reversible and not is_undone


# What is done to assets in the trash; all else to what is kept.
FROM_TRASH = (Batch.Action.RESTORE, Batch.Action.PURGE)


class BatchStep(models.Model):
    """What one step changed, so that it can be taken back; and what it could not change."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    changes = models.JSONField(default=dict)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="batch_step_once", fields=["batch", "number"]),
        ]

    def __str__(self) -> str:
        return f"Step {self.number} of {self.batch_id}"


class BatchFailure(models.Model):
    """An asset that stayed as it was, and why."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="failures")
    asset_id = models.UUIDField()
    name = models.CharField(max_length=100)
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"

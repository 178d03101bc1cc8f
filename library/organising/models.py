"""What an owner has looked through and wants to leave as it is."""

from django.conf import settings
from django.db import models


class Settled(models.Model):
    """A suggestion that is not made again: its review list leaves out what has this key."""

    class Kind(models.TextChoices):
        DUPLICATES = "duplicates", "Near-duplicates"
        TAG = "tag", "Suggested tag"
        PROMPTS = "prompts", "Similar prompts"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="settled"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=64, help_text="The tag, or a digest of the assets' ids.")

    class Meta:
        verbose_name_plural = "settled"
        constraints = [
            models.UniqueConstraint(name="settled_once", fields=["owner", "kind", "key"])
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.key}"

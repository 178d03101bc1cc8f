"""Controls of the prompt bar that a user keeps under a name."""

import uuid

from django.conf import settings
from django.db import models

from generation.models.reference import Reference

# Grows when the meaning of a control changes, so that older templates can be told apart.
SETTINGS_VERSION = 1


class PromptTemplateQuerySet(models.QuerySet["PromptTemplate"]):
    def owned_by(self, user) -> "PromptTemplateQuerySet":
        return self.filter(owner=user)


class PromptTemplate(models.Model):
    """Every control as `GenerationRequest` took it, references as the owner's own copies."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="prompt_templates"
    )
    name = models.CharField(max_length=80)
    settings = models.JSONField(default=dict)
    version = models.PositiveSmallIntegerField(
        default=SETTINGS_VERSION, help_text="Of the settings when it was saved."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PromptTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(name="one_template_per_name", fields=["owner", "name"])
        ]

    def __str__(self) -> str:
        return self.name


class TemplateReference(models.Model):
    """Keeps a reference for as long as a template restores it."""

    template = models.ForeignKey(
        PromptTemplate, on_delete=models.CASCADE, related_name="references"
    )
    reference = models.ForeignKey(Reference, on_delete=models.PROTECT, related_name="template_uses")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="template_reference", fields=["template", "reference"])
        ]

    def __str__(self) -> str:
        return f"{self.reference} of {self.template}"

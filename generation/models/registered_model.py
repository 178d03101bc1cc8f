"""The models that operators have registered, edited in admin."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from generation.backends.registry import BACKENDS
from generation.model_rules import errors_of
from generation.model_spec import ModelSpec
from generation.vocabulary import Lane

BACKEND_NAMES = sorted({name for of_lane in BACKENDS.values() for name in of_lane})


class RegisteredModelQuerySet(models.QuerySet["RegisteredModel"]):
    def active(self) -> "RegisteredModelQuerySet":
        return self.filter(active=True)


class RegisteredModel(models.Model):
    """A model that jobs can ask for by `name`. What is empty is as settings have it."""

    name = models.SlugField(
        max_length=40,
        unique=True,
        help_text="How jobs and the API call it. It stays, for jobs keep it.",
    )
    label = models.CharField(max_length=60, help_text="How people see it in the prompt bar.")
    lane = models.CharField(
        max_length=8, choices=Lane.choices, help_text="The kind of model, and its workers' queue."
    )
    backend = models.CharField(
        max_length=20,
        blank=True,
        choices=[(name, name) for name in BACKEND_NAMES],
        help_text="What does the work; empty: what the lane's setting, such as SDXL_BACKEND, says.",
    )
    location = models.CharField(
        max_length=500,
        blank=True,
        help_text="Folder, safetensors file or hub id on the workers (of comfyui: the folder of "
        "workflows); empty: what the lane's setting, such as SDXL_MODEL, says.",
    )
    defaults = models.JSONField(
        default=dict,
        blank=True,
        help_text='What the prompt bar starts with, such as {"steps": {"fast": 4, "high": 8}, '
        '"guidance": 1}. A number alone is for both qualities.',
    )
    limits = models.JSONField(
        default=dict,
        blank=True,
        help_text='What may be asked for, such as {"steps": [1, 8], "sizes": {"1:1": [768, 768]}, '
        '"frames": 83}.',
    )
    options = models.JSONField(
        default=dict,
        blank=True,
        help_text='Options of the backend in place of the settings\', such as {"scheduler": '
        '"euler"}.',
    )
    active = models.BooleanField(default=True, help_text="Offered to creators.")
    order = models.PositiveSmallIntegerField(default=0, help_text="The smallest comes first.")
    updated_at = models.DateTimeField(auto_now=True)

    objects = RegisteredModelQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        verbose_name = "model"

    def __str__(self) -> str:
        return self.label

    @property
    def spec(self) -> ModelSpec:
        return ModelSpec(
            name=self.name,
            label=self.label,
            lane=self.lane,
            backend=self.backend,
            location=self.location,
            defaults=self.defaults or {},
            limits=self.limits or {},
            options=self.options or {},
        )

    def clean(self) -> None:
        """Each of the JSON fields in its plain form; ValidationError by field."""
        if self.lane not in Lane.values:
            return  # said already, and the rest depends on it
        # A form gives nothing for a field that is left empty.
        self.options = self.options or {}
        plain, errors = errors_of(self.spec)
        if errors:
            raise ValidationError(errors)
        for name, value in plain.items():
            setattr(self, name, value)

    def save(self, *arguments: Any, **options: Any) -> None:
        self.location = self.location.strip()
        super().save(*arguments, **options)

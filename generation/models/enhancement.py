"""How prompts are enhanced, edited by operators in admin."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from generation.vocabulary import EnhancementMethod, Mode, Model


class EnhancementPreset(models.Model):
    """The instructions that a chat model gets for one model, mode and method."""

    name = models.CharField(max_length=80)
    model = models.CharField(max_length=8, choices=Model.choices)
    mode = models.CharField(max_length=8, choices=Mode.choices)
    method = models.CharField(
        max_length=8,
        choices=[choice for choice in EnhancementMethod.choices if choice[0] != "none"],
    )
    system_prompt = models.TextField()
    temperature = models.FloatField(
        default=0.7, validators=[MinValueValidator(0), MaxValueValidator(2)]
    )
    top_p = models.FloatField(default=0.9, validators=[MinValueValidator(0), MaxValueValidator(1)])
    active = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["model", "mode", "method", "name"]
        constraints = [
            models.UniqueConstraint(
                name="one_active_enhancement_preset",
                fields=["model", "mode", "method"],
                condition=Q(active=True),
                violation_error_message="Another active preset has this model, mode and method.",
            )
        ]

    def __str__(self) -> str:
        return self.name

"""Who does the work, and what is kept about workers that call over HTTP."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from generation.vocabulary import Lane

SILENT_SECONDS = 60  # a worker that was not heard of for so long is taken for gone
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"


class CallbackNonce(models.Model):
    """A nonce that was used, kept as long as its timestamp would be accepted."""

    nonce = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.nonce


class WorkerToken(models.Model):
    """What a worker on another machine calls with. Only its SHA-256 is kept."""

    name = models.CharField(
        max_length=40,
        unique=True,
        validators=[RegexValidator(f"^{NAME}$", "Use letters, digits, dots, - and _ only.")],
        help_text="The machine that uses it, such as gpu-box-1.",
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    lanes = models.JSONField(default=list, help_text="The lanes whose jobs it may take.")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def issue(cls, name: str, lanes: Sequence[str]) -> tuple["WorkerToken", str]:
        """Make a token; the second value is its text, which is not kept. ValidationError."""
        token = cls(name=name, lanes=list(lanes))
        text = token.make_text()
        token.full_clean()
        token.save()
        return token, text

    def make_text(self) -> str:
        """A new text, whose digest it has from now on."""
        text = f"ovw_{secrets.token_urlsafe(32)}"
        self.digest = self.digest_of(text)
        return text


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self) -> "WorkerQuerySet":
        """Those that were heard of within the last minute."""
        return self.filter(seen_at__gte=timezone.now() - timedelta(seconds=SILENT_SECONDS))


class Worker(models.Model):
    """A process that takes jobs, as it last told of itself."""

    class Kind(models.TextChoices):
        LOCAL = "local", "Local"
        REMOTE = "remote", "Remote"

    name = models.CharField(max_length=120, unique=True, help_text="As on the jobs it runs.")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    token = models.ForeignKey(WorkerToken, null=True, blank=True, on_delete=models.CASCADE)
    lanes = models.JSONField(default=list)
    loaded_model = models.CharField(max_length=80, blank=True)
    memory_bytes = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="On its graphics card, where there is one."
    )
    last_job = models.UUIDField(null=True, blank=True, editable=False)
    version = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    words = models.JSONField(
        default=dict, help_text="Model -> what switches something on in prompts for it: LoRAs."
    )

    # Last, for it hides the module from the rest of the class.
    models = models.JSONField(default=list, help_text="Names of the models that it can serve.")

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_alive(self) -> bool:
        return self.seen_at >= timezone.now() - timedelta(seconds=SILENT_SECONDS)

    @property
    def lane_names(self) -> str:
        """For people: SDXL, WAN 2.1."""
        labels = dict(Lane.choices)
        return ", ".join(str(labels.get(lane, lane)) for lane in self.lanes)

"""One request to generate, and its state: the truth about it is in this row alone."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from generation.vocabulary import JOB_TYPES, Lane, Mode, Model, Quality


class Status(models.TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


ENDED = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)


class JobQuerySet(models.QuerySet["Job"]):
    def owned_by(self, user) -> "JobQuerySet":
        return self.filter(owner=user)

    def visual(self) -> "JobQuerySet":
        """Jobs that make pictures or clips; enhancement makes text and has no group."""
        return self.exclude(lane=Lane.CHAT)

    def in_workspace(self) -> "JobQuerySet":
        """Jobs that have a group in their owner's workspace, newest first."""
        return self.visual().filter(removed_at__isnull=True).order_by("-created_at", "-id")

    def older_than(self, job: "Job") -> "JobQuerySet":
        """Jobs after `job` in newest-first order."""
        earlier = Q(created_at__lt=job.created_at)
        return self.filter(earlier | Q(created_at=job.created_at, id__lt=job.id))

    def not_older_than(self, job: "Job") -> "JobQuerySet":
        """`job` and what comes before it in newest-first order."""
        return self.filter(
            Q(created_at__gt=job.created_at) | Q(created_at=job.created_at, id__gte=job.id)
        )

    def unfinished(self) -> "JobQuerySet":
        return self.filter(status__in=(Status.QUEUED, Status.RUNNING))

    def waiting(self, lane: str) -> "JobQuerySet":
        """Queued jobs of `lane` that a worker may take now, in their owner's order.

        A job that waits for its enhancement is left out until that ended or took too long;
        one that is to be tried again, until its pause is over.
        """
        ready = (
            Q(waits_for__isnull=True, waits_until__isnull=True)
            | Q(waits_for__status__in=ENDED)
            | Q(waits_until__lte=timezone.now())
        )
        return self.filter(ready, lane=lane, status=Status.QUEUED, held=False).order_by(
            "-priority", "created_at", "id"
        )

    def lost(self) -> "JobQuerySet":
        """Running jobs whose worker let the lease run out."""
        return self.filter(status=Status.RUNNING, lease_expires_at__lt=timezone.now())


class Job(models.Model):
    """A request to generate. Change `status` only through `generation.transitions`."""

    Status = Status

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jobs"
    )
    lane = models.CharField(max_length=8, choices=Lane.choices)
    job_type = models.CharField(max_length=32, choices=[(name, name) for name in JOB_TYPES])
    mode = models.CharField(max_length=8, choices=Mode.choices)
    quality = models.CharField(max_length=8, choices=Quality.choices)
    model = models.CharField(max_length=40, help_text="The name of a registered model.")
    model_label = models.CharField(
        max_length=60, blank=True, help_text="What people called it then; it outlives the model."
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    priority = models.SmallIntegerField(default=0, help_text="Higher runs first, among one user's.")
    held = models.BooleanField(default=False, help_text="Stays queued until it is released.")

    original_prompt = models.TextField(help_text="As it was typed.")
    enhanced_prompt = models.TextField(blank=True)
    composed_prompt = models.TextField(blank=True, help_text="What the model was given.")
    negative_prompt = models.TextField(blank=True)
    settings = models.JSONField(
        default=dict, help_text="Every control, as validated by GenerationRequest."
    )
    seed = models.PositiveBigIntegerField(help_text="Output i uses seed + i.")
    count = models.PositiveSmallIntegerField(default=1, help_text="Outputs asked for.")
    width = models.PositiveIntegerField(default=0, help_text="Pixels asked for; 0 for text.")
    height = models.PositiveIntegerField(default=0)

    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(
        default=0, help_text="Grows with each claim; the result of an older claim is refused."
    )
    worker = models.CharField(max_length=120, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    progress = models.JSONField(
        default=dict,
        blank=True,
        help_text="phase, index, step, steps, percent of the running attempt.",
    )
    previews = models.JSONField(
        default=dict, blank=True, help_text="Output index -> small WebP as a data: URL."
    )
    error = models.TextField(blank=True)
    note = models.TextField(blank=True, help_text="What its owner should know although it went on.")
    backend = models.CharField(max_length=40, blank=True, help_text="What made it.")

    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="variations"
    )
    waits_for = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="waiting_jobs"
    )
    waits_until = models.DateTimeField(null=True, blank=True)
    idempotency_key = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(
        default=1, help_text="Grows with every change of the job or its assets."
    )

    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(
        null=True, blank=True, help_text="When its owner took it out of the workspace."
    )

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="job_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(
                name="job_ended_has_time",
                condition=Q(status__in=ENDED, ended_at__isnull=False)
                | Q(status__in=(Status.QUEUED, Status.RUNNING), ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="job_lease_only_while_running",
                condition=Q(status=Status.RUNNING, lease_expires_at__isnull=False)
                | (~Q(status=Status.RUNNING) & Q(lease_expires_at__isnull=True)),
            ),
            models.CheckConstraint(name="job_seed_in_range", condition=Q(seed__lte=2_147_483_647)),
            models.UniqueConstraint(
                name="job_idempotency_key",
                fields=["owner", "idempotency_key"],
                condition=~Q(idempotency_key=""),
            ),
        ]
        indexes = [
            models.Index(
                name="job_workspace",
                fields=["owner", "-created_at", "-id"],
                condition=Q(removed_at__isnull=True),
            ),
            models.Index(name="job_keyset", fields=["owner", "-created_at", "-id"]),
            models.Index(
                name="job_waiting",
                fields=["lane", "owner", "-priority", "created_at"],
                condition=Q(status="queued"),
            ),
            models.Index(
                name="job_leases", fields=["lease_expires_at"], condition=Q(status="running")
            ),
            models.Index(name="job_turns", fields=["lane", "owner", "-started_at"]),
            models.Index(name="job_durations", fields=["job_type", "-ended_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.original_prompt[:60]}"

    @property
    def model_name(self) -> str:
        """The model as people call it."""
        return self.model_label or str(dict(Model.choices).get(self.model, self.model))

    @property
    def made_by_preview(self) -> bool:
        """Whether it is a stand-in, made without a model."""
        return self.backend == "preview"

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @classmethod
    def touch(cls, job_ids) -> None:
        """Say that jobs changed (also in their assets), for pages that compare versions."""
        cls.objects.filter(pk__in=job_ids).update(version=F("version") + 1)

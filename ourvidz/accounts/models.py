"""People and their API tokens."""

import hashlib
import secrets
import zoneinfo

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone


def validate_time_zone(name: str) -> None:
    """Refuse a name that the tz database does not have."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"{name!r} is not a time zone, such as Europe/Vienna.")


class User(AbstractUser):
    """A creator or an operator."""

    class Role(models.TextChoices):
        ADMIN = "admin", "Admin"
        MODERATOR = "moderator", "Moderator"
        PREMIUM = "premium", "Premium"
        BASIC = "basic", "Basic"
        GUEST = "guest", "Guest"

    role = models.CharField(max_length=12, choices=Role.choices, default=Role.BASIC)
    time_zone = models.CharField(
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text="As in the tz database, such as Europe/Vienna. UTC until it is known.",
    )
    adult_confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When they said that they are 18 or older."
    )

    def confirm_adult(self) -> None:
        """Keep that the user says so, and when they first did."""
        if self.adult_confirmed_at is None:
            self.adult_confirmed_at = timezone.now()
            self.save(update_fields=["adult_confirmed_at"])

    def withdraw_adult(self) -> None:
        """Take that back; NSFW can no longer be chosen."""
        self.adult_confirmed_at = None
        self.save(update_fields=["adult_confirmed_at"])


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def live(self) -> "ApiTokenQuerySet":
        """Tokens that may sign a request in now."""
        now = timezone.now()
        return self.filter(
            models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=now),
            user__is_active=True,
            revoked_at__isnull=True,
        )


class ApiToken(models.Model):
    """A bearer token. Only its SHA-256 is kept; the token itself is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80, help_text="What uses it, such as 'render script'.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def issue(cls, user: User, name: str, expires_at=None) -> tuple["ApiToken", str]:
        """Make a token; the second value is its text, which is not kept."""
        text = f"ovz_{secrets.token_urlsafe(32)}"
        token = cls.objects.create(
            user=user, name=name, digest=cls.digest_of(text), expires_at=expires_at
        )
        return token, text


class LoginAttempt(models.Model):
    """Failed sign-ins for one user name from one address; forgotten at the next success."""

    username = models.CharField(max_length=150)
    address = models.CharField(max_length=45, help_text="IPv6 by its /64 network.")
    failures = models.PositiveIntegerField(default=0)
    blocked_until = models.DateTimeField()
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        ordering = ["-updated_at"]
        constraints = [
            models.UniqueConstraint(name="login_attempt_key", fields=["username", "address"])
        ]

    def __str__(self) -> str:
        return f"{self.username} from {self.address}"

"""Kept assets by the hour."""

from django.conf import settings
from django.db import models


class HourCount(models.Model):
    """So many kept assets of an owner were saved in the hour that begins then, in UTC.

    The sum over the rows of an hour counts: on PostgreSQL each change adds a row, so that nobody
    waits for anybody (`triggers.compact` adds them up); on SQLite, with one writer, there is one.
    """

    # Rows may outlive their owner until they are added up; a constraint would be in their way.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="hour_counts",
    )
    hour = models.DateTimeField()
    number = models.IntegerField()

    class Meta:
        indexes = [models.Index(name="library_hours", fields=["owner", "-hour", "number"])]

    def __str__(self) -> str:
        return f"{self.number} in the hour from {self.hour:%Y-%m-%d %H:%M}"

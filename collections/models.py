"""Groups of library assets."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from library.models import LibraryAsset


class CollectionQuerySet(models.QuerySet["Collection"]):
    def owned_by(self, user) -> "CollectionQuerySet":
        return self.filter(owner=user)


class Collection(models.Model):
    """A named, ordered set of library assets; it may lie in another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collections"
    )
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    cover = models.ForeignKey(
        LibraryAsset, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    assets = models.ManyToManyField(
        LibraryAsset, through="Membership", related_name="collections", blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="collection_not_in_itself",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            )
        ]
        indexes = [models.Index(name="collection_keyset", fields=["owner", "-created_at", "-id"])]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """An asset's place in a collection."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="memberships")
    asset = models.ForeignKey(LibraryAsset, on_delete=models.CASCADE, related_name="memberships")
    position = models.PositiveIntegerField(default=0)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(name="asset_once_in_collection", fields=["collection", "asset"])
        ]
        indexes = [models.Index(name="membership_order", fields=["collection", "position", "id"])]

    def __str__(self) -> str:
        return f"{self.asset} in {self.collection}"

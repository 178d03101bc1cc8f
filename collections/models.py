"""Groups of library assets."""

import hashlib
import uuid
from datetime import timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from library.models import LibraryAsset, trash_limit
from ourvidz.media.models import MediaFile


class CollectionQuerySet(models.QuerySet["Collection"]):
    def owned_by(self, user) -> "CollectionQuerySet":
        return self.filter(owner=user)

    def kept(self) -> "CollectionQuerySet":
        """Those that were not deleted, newest first."""
        return self.filter(deleted_at=None).order_by("-created_at", "-id")

    def deletions(self) -> "CollectionQuerySet":
        """Those that were deleted themselves, not with what they lay in; the latest first."""
        inner = Q(parent__isnull=False, parent__deleted_at=F("deleted_at"))
        return self.filter(deleted_at__isnull=False).exclude(inner).order_by("-deleted_at", "-id")

    def overdue(self) -> "CollectionQuerySet":
        """Deleted for longer than TRASH_DAYS."""
        return self.filter(deleted_at__lt=trash_limit())

    def older_than(self, collection: "Collection") -> "CollectionQuerySet":
        """What comes after `collection` where the newest is first."""
        time = collection.created_at
        return self.filter(Q(created_at__lt=time) | Q(created_at=time, id__lt=collection.id))

    def counted(self) -> "CollectionQuerySet":
        """With `size`, the assets in each, and `inside`, the collections in each.

        Counted when asked, so that they are exact whoever writes at the same time. What is in
        the trash does not count.
        """
        children = Collection.objects.filter(parent=OuterRef("pk"), deleted_at=None)
        return self.annotate(
            size=_number(Membership.objects.of_kept(OuterRef("pk")), "collection"),
            inside=_number(children, "parent"),
        )

    def pictured(self) -> "CollectionQuerySet":
        """With `picture`, the id of the asset on the cover: the chosen one, else the first.

        A choice that is in the trash or was taken out does not count.
        """
        members = Membership.objects.of_kept(OuterRef("pk"))
        chosen = members.filter(asset=OuterRef("cover")).values("asset")
        first = members.order_by("position", "id").values("asset")
        return self.annotate(
            picture=Coalesce(
                Case(When(cover__isnull=False, then=Subquery(chosen[:1]))),
                Subquery(first[:1]),
                output_field=models.UUIDField(),
            )
        )


def _number(rows: models.QuerySet, by: str) -> Coalesce:
    counts = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counts), 0)


class Collection(models.Model):
    """A named, ordered set of library assets; it may lie in another."""

    NAME_LENGTH = 120
    DESCRIPTION_LENGTH = 2_000

    memberships: Any  # the manager that Membership's foreign key makes, which no type has

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collections"
    )
    name = models.CharField(max_length=NAME_LENGTH)
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
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = CollectionQuerySet.as_manager()

    # What Django adds, said for type checkers, which do not find this app by its folder.
    parent_id: uuid.UUID | None
    cover_id: uuid.UUID | None
    # Of `counted` and `pictured`.
    size: int
    inside: int
    picture: uuid.UUID | None

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

    @property
    def days_left(self) -> int:
        """Days until it goes for good, rounded up; for one that was deleted."""
        left = (self.deleted_at or timezone.now()) - trash_limit()
        return max(0, ceil(left / timedelta(days=1)))


class MembershipQuerySet(models.QuerySet["Membership"]):
    def of_kept(self, collection) -> "MembershipQuerySet":
        """Places in `collection` of assets that are not in the trash."""
        return self.filter(collection=collection, asset__deleted_at=None)

    def after(self, position: int, pk: int) -> "MembershipQuerySet":
        """What follows a place in the order; the lower bound lets the index begin there."""
        return self.filter(Q(position__gt=position) | Q(pk__gt=pk), position__gte=position)


class Membership(models.Model):
    """An asset's place in a collection."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="memberships")
    asset = models.ForeignKey(LibraryAsset, on_delete=models.CASCADE, related_name="memberships")
    position = models.PositiveIntegerField(default=0)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(name="asset_once_in_collection", fields=["collection", "asset"])
        ]
        indexes = [models.Index(name="membership_order", fields=["collection", "position", "id"])]

    def __str__(self) -> str:
        return f"{self.asset} in {self.collection}"


class SharedLinkQuerySet(models.QuerySet["SharedLink"]):
    def live(self) -> "SharedLinkQuerySet":
        """Those that open: not revoked, not expired, of a collection that is there."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now()),
            revoked_at=None,
            collection__deleted_at=None,
            collection__owner__is_active=True,
        )


class SharedLink(models.Model):
    """A way for strangers to see one collection. Only the SHA-256 of its token is kept."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    password = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = SharedLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"Link to {self.collection}"

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()


class SharedFileQuerySet(models.QuerySet["SharedFile"]):
    def unused(self) -> "SharedFileQuerySet":
        """Those of assets that no live link shows."""
        live = SharedLink.objects.live().values("collection")
        shown = Membership.objects.filter(collection__in=live, asset__deleted_at=None)
        return self.exclude(asset__in=shown.values("asset"))


class SharedFile(MediaFile):
    """What visitors get of an asset in a shared collection: its file without how it was made.

    Made when the first of them opens it. Where it lies is never told: each time it is sent by
    the view that looks whether the link is still open.
    """

    bucket = "user-library"
    keys_name_owner = False

    asset = models.OneToOneField(LibraryAsset, on_delete=models.CASCADE, related_name="shared_file")
    created_at = models.DateTimeField(default=timezone.now)

    objects = SharedFileQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Shared copy of {self.asset}"

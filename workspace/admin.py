"""The operators' view of staging and of what its owners did."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator

from ourvidz.admin import SHORT_PROMPT, MediaAdmin, ReadOnlyAdmin, ReadOnlyMixin, confirmed
from workspace import expiry
from workspace.journal import Journal
from workspace.models import Action, WorkspaceAsset, WorkspaceAssetQuerySet

NOT_PURGED = "their job has not ended, or their files could not be removed."


class PlaceFilter(admin.SimpleListFilter):
    title = "place"
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [
            ("shown", "In the workspace"),
            ("removed", "Removed"),
            ("expired", "Expired"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        conditions: dict[str, dict] = {
            "shown": {"removed_at__isnull": True},
            "removed": {"removed_at__isnull": False},
            "expired": {"expires_at__lt": timezone.now()},
        }
        return queryset.filter(**conditions.get(self.value() or "", {}))


class SavedFilter(admin.SimpleListFilter):
    title = "library"
    parameter_name = "saved"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [("yes", "Saved"), ("no", "Not saved")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(library_asset_id__isnull=self.value() != "yes")


@admin.register(WorkspaceAsset)
class WorkspaceAssetAdmin(ReadOnlyMixin, MediaAdmin):
    """Staged outputs: to look at, and to purge before their time."""

    actions = ["purge"]
    date_hierarchy = "created_at"
    list_display = [
        "thumbnail",
        "short_prompt",
        "owner",
        "kind",
        "model",
        "bytes",
        "saved",
        "created_at",
        "expires_at",
        "removed_at",
    ]
    list_display_links = ["short_prompt"]
    list_filter = [PlaceFilter, SavedFilter, "kind", "model", "created_at"]
    list_per_page = 50
    list_select_related = ["owner"]
    search_fields = ["prompt", "owner__username", "id", "job__id"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkspaceAsset]:
        return WorkspaceAsset.objects.with_saved().order_by("-created_at", "-id")

    def get_fields(self, request: HttpRequest, obj=None) -> list[str]:
        return ["thumbnail", "saved", *(field.name for field in WorkspaceAsset._meta.fields)]

    def has_purge_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("workspace.delete_workspaceasset")

    @admin.display(description="Prompt", ordering="prompt")
    def short_prompt(self, asset: WorkspaceAsset) -> str:
        return Truncator(asset.prompt).chars(SHORT_PROMPT)

    @admin.display(boolean=True)
    def saved(self, asset: WorkspaceAsset) -> bool:
        return asset.saved  # type: ignore[attr-defined]

    @admin.action(description="Purge for good", permissions=["purge"])
    @confirmed("Remove these assets and their files for good? Copies in the library stay.")
    def purge(self, request: HttpRequest, queryset: WorkspaceAssetQuerySet) -> None:
        asked, purged = queryset.count(), expiry.purge(queryset)
        self.message_user(request, f"{purged} purged.", messages.SUCCESS)
        if left := asked - purged:
            self.message_user(request, f"{left} stay for now: {NOT_PURGED}", messages.WARNING)


@admin.register(Action)
class ActionAdmin(ReadOnlyAdmin):
    """History, as it was."""

    date_hierarchy = "created_at"
    list_display = ["created_at", "owner", "kind", "removed", "saved", "undone_at", "expires_at"]
    list_filter = ["kind", ("undone_at", admin.EmptyFieldListFilter), "created_at"]
    list_per_page = 50
    list_select_related = ["owner"]
    search_fields = ["owner__username", "id"]
    show_full_result_count = False

    @admin.display(description="Assets removed")
    def removed(self, action: Action) -> int:
        return len(Journal.of(action).removed)

    @admin.display(description="Assets saved")
    def saved(self, action: Action) -> int:
        return len(Journal.of(action).saved)

"""The operators' view of kept assets."""

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator

from library import trash
from library.models import (
    Batch,
    Import,
    LibraryAsset,
    LibraryAssetQuerySet,
    PublicPage,
    SavedSearch,
    Settled,
    Tag,
    Upload,
)
from ourvidz.admin import SHORT_PROMPT, MediaAdmin, ReadOnlyAdmin, confirmed

COLUMNS = [field.name for field in LibraryAsset._meta.fields]
SHOWN_OF_PAGE = ["asset", "kind", "bytes", "width", "height", "created_at"]
EDITABLE = ("title", "favourite", "rating")


class TrashFilter(admin.SimpleListFilter):
    title = "trash"
    parameter_name = "trash"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [("no", "In the library"), ("yes", "In the trash")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        if self.value() is None:
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() == "no")


@admin.register(LibraryAsset)
class LibraryAssetAdmin(MediaAdmin):
    """What was made stays as it was; an owner's own words can be corrected."""

    actions = ["to_trash", "restore", "purge"]
    date_hierarchy = "created_at"
    fields = ["thumbnail", *COLUMNS]
    list_display = [
        "thumbnail",
        "short_name",
        "owner",
        "kind",
        "model",
        "size",
        "favourite",
        "rating",
        "created_at",
        "deleted_at",
    ]
    list_display_links = ["short_name"]
    list_filter = [TrashFilter, "kind", "model", "favourite", "rating", "created_at"]
    list_per_page = 50
    ordering = ["-created_at", "-id"]
    readonly_fields = ["thumbnail", *(name for name in COLUMNS if name not in EDITABLE)]
    list_select_related = ["owner"]
    search_fields = ["title", "original_prompt", "composed_prompt", "owner__username", "id"]
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        """Deleting goes through the trash, or by the purge action."""
        return False

    def has_purge_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("library.delete_libraryasset")

    @admin.display(description="Name", ordering="title")
    def short_name(self, asset: LibraryAsset) -> str:
        return Truncator(asset.name).chars(SHORT_PROMPT)

    @admin.action(description="Move to trash", permissions=["change"])
    def to_trash(self, request: HttpRequest, queryset: LibraryAssetQuerySet) -> None:
        self._report(request, f"{trash.move_to_trash(queryset)} moved to trash.")

    @admin.action(description="Restore from trash", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: LibraryAssetQuerySet) -> None:
        self._report(request, f"{trash.restore(queryset)} restored.")

    @admin.action(description="Purge for good", permissions=["purge"])
    @confirmed("Remove these assets and their files for good? This cannot be undone.")
    def purge(self, request: HttpRequest, queryset: LibraryAssetQuerySet) -> None:
        self._report(request, f"{trash.purge(queryset)} purged.")

    def _report(self, request: HttpRequest, outcome: str) -> None:
        self.message_user(request, outcome, messages.SUCCESS)


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display = ["name", "owner", "uses"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username"]
    raw_id_fields = ["owner"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        return super().get_queryset(request).annotate(uses=Count("assets"))

    @admin.display(ordering="uses")
    def uses(self, tag: Tag) -> int:
        return tag.uses  # type: ignore[attr-defined]


@admin.register(SavedSearch)
class SavedSearchAdmin(admin.ModelAdmin):
    list_display = ["name", "owner", "query", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["name", "query", "owner__username"]
    raw_id_fields = ["owner"]


class RunAdmin(ReadOnlyAdmin):
    """What runs in the background is only watched here; its owner cancels it."""

    date_hierarchy = "created_at"
    list_filter = ["status", "created_at"]
    list_per_page = 50
    list_select_related = ["owner"]
    ordering = ["-created_at", "-id"]
    search_fields = ["owner__username", "id"]
    show_full_result_count = False


@admin.register(Upload)
class UploadAdmin(RunAdmin):
    exclude = ["parts"]
    list_display = ["name", "owner", "purpose", "status", "length", "offset", "error", "created_at"]
    search_fields = [*RunAdmin.search_fields, "name"]


@admin.register(Import)
class ImportAdmin(RunAdmin):
    list_display = ["upload", "owner", "status", "done", "total", "made", "error", "created_at"]
    list_select_related = ["owner", "upload"]


@admin.register(Batch)
class BatchAdmin(RunAdmin):
    list_display = ["action", "query", "owner", "status", "done", "total", "failed", "created_at"]
    list_filter = ["action", *RunAdmin.list_filter]
    search_fields = [*RunAdmin.search_fields, "query"]


@admin.register(PublicPage)
class PublicPageAdmin(MediaAdmin):
    """What strangers can open. To delete one here closes it and makes its asset private."""

    date_hierarchy = "created_at"
    fields = ["thumbnail", *SHOWN_OF_PAGE]
    readonly_fields = ["thumbnail", *SHOWN_OF_PAGE]
    list_display = ["thumbnail", "asset", "owner", "visibility", "created_at"]
    list_filter = ["asset__visibility", "created_at"]
    list_select_related = ["asset__owner"]
    ordering = ["-created_at", "-id"]
    search_fields = ["asset__title", "asset__owner__username", "asset__id"]

    @admin.display(ordering="asset__owner")
    def owner(self, page: PublicPage) -> str:
        return str(page.asset.owner)

    @admin.display(ordering="asset__visibility")
    def visibility(self, page: PublicPage) -> str:
        return page.asset.get_visibility_display()


@admin.register(Settled)
class SettledAdmin(admin.ModelAdmin):
    """Deleting a row lets its suggestion be made again."""

    list_display = ["kind", "key", "owner"]
    list_filter = ["kind"]
    list_select_related = ["owner"]
    readonly_fields = ["owner", "kind", "key"]
    search_fields = ["key", "owner__username"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

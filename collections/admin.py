"""The operators' view of collections."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from ourvidz.admin import thumbnail

from .models import Collection, Membership


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    fields = ["picture", "asset", "position", "added_at"]
    raw_id_fields = ["asset"]
    readonly_fields = ["picture", "added_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("asset")

    @admin.display(description="Picture")
    def picture(self, membership: Membership) -> SafeString | str:
        return thumbnail(membership.asset) if membership.pk else "-"


@admin.register(Collection)
class CollectionAdmin(admin.ModelAdmin):
    date_hierarchy = "created_at"
    inlines = [MembershipInline]
    list_display = ["name", "owner", "parent", "size", "created_at"]
    list_filter = ["created_at"]
    list_select_related = ["owner", "parent"]
    ordering = ["-created_at", "-id"]
    raw_id_fields = ["owner", "parent", "cover"]
    search_fields = ["name", "description", "owner__username", "id"]

    class Media:
        css = {"all": ["css/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collection]:
        return super().get_queryset(request).annotate(size=Count("memberships"))

    @admin.display(description="Assets", ordering="size")
    def size(self, collection: Collection) -> int:
        return collection.size  # type: ignore[attr-defined]

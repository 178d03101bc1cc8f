"""The operators' view of collections."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ourvidz.admin import ReadOnlyMixin, thumbnail

from .models import Collection, Membership, SharedFile, SharedLink


class SharedLinkInline(admin.TabularInline):
    """Links can be ended here, but not made: only their owner is shown a link's text."""

    model = SharedLink
    extra = 0
    fields = ["created_at", "expires_at", "revoked_at"]
    readonly_fields = ["created_at"]

    def has_add_permission(self, request: HttpRequest, obj=None) -> bool:
        return False


@admin.register(Collection)
class CollectionAdmin(admin.ModelAdmin):
    date_hierarchy = "created_at"
    inlines = [SharedLinkInline]
    list_display = ["name", "owner", "parent", "size", "created_at", "deleted_at"]
    list_filter = ["created_at"]
    list_select_related = ["owner", "parent"]
    ordering = ["-created_at", "-id"]
    raw_id_fields = ["owner", "cover"]
    # It is moved by its owner only, who is kept from making circles.
    readonly_fields = ["parent", "size"]
    search_fields = ["name", "description", "owner__username", "id"]

    class Media:
        css = {"all": ["css/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collection]:
        return super().get_queryset(request).annotate(size=Count("memberships"))

    @admin.display(description="Assets", ordering="size")
    def size(self, collection: Collection) -> SafeString:
        """Their number, which leads to them."""
        address = reverse("admin:collections_membership_changelist")
        query = f"?collection__id__exact={collection.pk}"
        return format_html('<a href="{}{}">{}</a>', address, query, collection.size)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """What lies in collections, on pages: one may hold more than a form can."""

    list_display = ["picture", "asset", "collection", "position", "added_at"]
    list_per_page = 50
    list_select_related = ["asset", "collection"]
    ordering = ["collection", "position", "id"]
    search_fields = ["collection__name", "collection__id", "asset__id"]
    show_full_result_count = False

    class Media:
        css = {"all": ["css/admin.css"]}

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        """Taking an asset out harms no fact; the ordinary permission says who may."""
        return request.user.has_perm("collections.delete_membership")

    @admin.display(description="Picture")
    def picture(self, membership: Membership) -> SafeString | str:
        return thumbnail(membership.asset)


@admin.register(SharedFile)
class SharedFileAdmin(admin.ModelAdmin):
    """Made by visits and removed by housekeeping; nothing here is written by hand."""

    date_hierarchy = "created_at"
    list_display = ["picture", "asset", "mime_type", "bytes", "created_at"]
    list_filter = ["kind", "created_at"]
    list_select_related = ["asset"]
    ordering = ["-created_at", "-id"]
    search_fields = ["asset__owner__username", "asset__id"]

    class Media:
        css = {"all": ["css/admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    @admin.display(description="Picture")
    def picture(self, shared: SharedFile) -> SafeString | str:
        return thumbnail(shared)

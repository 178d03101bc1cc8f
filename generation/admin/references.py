"""Pictures that jobs refer to."""

from django.contrib import admin

from generation.models import Reference
from ourvidz.admin import MediaAdmin, ReadOnlyMixin


@admin.register(Reference)
class ReferenceAdmin(ReadOnlyMixin, MediaAdmin):
    date_hierarchy = "created_at"
    list_display = ["thumbnail", "source_name", "source", "owner", "width", "height", "created_at"]
    list_filter = ["source", "created_at"]
    list_select_related = ["owner"]
    ordering = ["-created_at", "-id"]
    search_fields = ["owner__username", "source_name", "id"]

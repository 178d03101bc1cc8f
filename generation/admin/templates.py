"""Templates that users keep: theirs to change, an operator's to look at and delete."""

from django.contrib import admin

from generation.models import PromptTemplate
from ourvidz.admin import ReadOnlyMixin


@admin.register(PromptTemplate)
class PromptTemplateAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["name", "owner", "version", "updated_at"]
    list_filter = ["version", "updated_at"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username"]

    def has_delete_permission(self, request, obj=None) -> bool:
        return request.user.has_perm("generation.delete_prompttemplate")

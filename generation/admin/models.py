"""The models that creators can choose from."""

from django.contrib import admin

from generation.models import RegisteredModel


@admin.register(RegisteredModel)
class RegisteredModelAdmin(admin.ModelAdmin):
    """`name` is fixed once it is saved, for jobs and files keep it."""

    list_display = ["label", "name", "lane", "backend", "location", "order", "active"]
    list_editable = ["order", "active"]
    list_filter = ["active", "lane", "backend"]
    search_fields = ["name", "label", "location"]
    readonly_fields = ["updated_at"]

    def get_readonly_fields(self, request, obj=None) -> list[str]:
        return [*self.readonly_fields, *(["name"] if obj else [])]

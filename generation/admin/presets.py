"""The instructions for prompt enhancement, which operators write."""

from django.contrib import admin

from generation.models import EnhancementPreset


@admin.register(EnhancementPreset)
class EnhancementPresetAdmin(admin.ModelAdmin):
    list_display = ["name", "model", "mode", "method", "temperature", "top_p", "active"]
    list_filter = ["active", "model", "mode", "method"]
    search_fields = ["name", "system_prompt"]
    readonly_fields = ["updated_at"]
    save_as = True

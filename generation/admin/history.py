"""Rows that only tell what happened."""

from django.contrib import admin

from generation.models import CallbackNonce, UsageEntry
from ourvidz.admin import ReadOnlyAdmin


@admin.register(UsageEntry)
class UsageEntryAdmin(ReadOnlyAdmin):
    date_hierarchy = "created_at"
    list_display = ["created_at", "owner", "job_type", "status", "credits", "seconds", "outputs"]
    list_filter = ["status", "job_type", "created_at"]
    list_select_related = ["owner"]
    ordering = ["-created_at", "-id"]
    search_fields = ["owner__username", "job_type"]


@admin.register(CallbackNonce)
class CallbackNonceAdmin(ReadOnlyAdmin):
    list_display = ["nonce", "created_at"]
    ordering = ["-created_at"]
    search_fields = ["nonce"]

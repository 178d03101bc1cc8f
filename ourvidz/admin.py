"""What the admin of every app shares: thumbnails, read-only history, confirmed actions."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ourvidz.media.models import MediaFile
from ourvidz.media.urls import media_url

THUMBNAIL_HEIGHT = 56  # pixels
SHORT_PROMPT = 80  # characters


def thumbnail(item: MediaFile) -> SafeString:
    """A small picture that opens the original; a dash where nothing was derived."""
    source = media_url(item, "thumbnail")
    if not source:
        return format_html("<span>-</span>")
    return format_html(
        '<a href="{}"><img class="thumbnail" src="{}" width="{}" height="{}" alt="{}"'
        ' loading="lazy"></a>',
        media_url(item, "original"),
        source,
        round(THUMBNAIL_HEIGHT * item.width / max(item.height, 1)),
        THUMBNAIL_HEIGHT,
        str(item) or "Open the original",
    )


def thumbnails(items: Sequence[MediaFile]) -> SafeString | str:
    """Small pictures in a row; a dash for none."""
    pictures = format_html_join("", "{}", ((thumbnail(item),) for item in items))
    return format_html('<div class="thumbnails">{}</div>', pictures) if pictures else "-"


class MediaAdmin(admin.ModelAdmin):
    """Rows with a file: a `thumbnail` column, and a page that changes no fact of the file."""

    class Media:
        css = {"all": ["css/admin.css"]}

    @admin.display(description="Picture")
    def thumbnail(self, item: MediaFile) -> SafeString:
        return thumbnail(item)

    @admin.display(description="File size", ordering="bytes")
    def size(self, item: MediaFile) -> str:
        return filesizeformat(item.bytes)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Files come in through the studio, which checks and measures them."""
        return False


class ReadOnlyMixin:
    """Rows that tell what happened: to look at, not to write."""

    def has_add_permission(self, request: HttpRequest, *args) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """A list and pages of rows that nobody edits."""


class ReadOnlyInline(ReadOnlyMixin, admin.TabularInline):
    """Rows of history beside the row that they belong to."""

    extra = 0


Action = Callable[[Any, HttpRequest, Any], TemplateResponse | None]


def confirmed(question: str) -> Callable[[Action], Action]:
    """Ask `question` on a page of its own before the action runs."""

    def decorate(action: Action) -> Action:
        @wraps(action)
        def ask_first(model_admin, request, queryset):
            if request.POST.get("confirmed"):
                return action(model_admin, request, queryset)
            return _question_page(model_admin, request, queryset, question)

        return ask_first

    return decorate


def _question_page(model_admin, request, queryset, question: str) -> TemplateResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Are you sure?",
        "question": question,
        "opts": model_admin.opts,
        "count": queryset.count(),
        "examples": queryset[:20],
        "action": request.POST["action"],
        "select_across": request.POST.get("select_across", "0"),
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/confirm_action.html", context)

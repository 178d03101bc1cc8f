"""The queues of wake-ups, for superusers only."""

from functools import wraps

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import URLPattern
from django_rq.admin import QueueAdmin
from django_rq.models import Dashboard

admin.site.unregister(Dashboard)


@admin.register(Dashboard)
class SuperuserQueueAdmin(QueueAdmin):
    """django-rq lets all staff in, and its statistics in JSON without any admin check."""

    def has_module_permission(self, request) -> bool:
        return request.user.is_superuser

    has_view_permission = has_delete_permission = lambda self, request, obj=None: (
        request.user.is_superuser
    )
    has_change_permission = has_view_permission

    def get_urls(self) -> list[URLPattern]:
        patterns = super().get_urls()
        for pattern in patterns:
            pattern.callback = self._guarded(pattern.callback)
        return patterns

    def _guarded(self, view):
        @wraps(view)
        def for_superusers(request, *args, **kwargs):
            if request.user.is_authenticated and not request.user.is_superuser:
                raise PermissionDenied
            return self.admin_site.admin_view(view)(request, *args, **kwargs)

        return for_superusers

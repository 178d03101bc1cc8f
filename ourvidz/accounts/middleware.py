"""The reader's time zone, for every date on a page."""

import zoneinfo

from asgiref.sync import iscoroutinefunction
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware


@sync_and_async_middleware
def TimeZoneMiddleware(get_response):  # noqa: N802 - named as Django names middleware
    """Activate the signed-in user's zone for the request; UTC where it is not known."""

    async def async_middleware(request):
        user = await request.auser() if _has_dates(request) else None
        with timezone.override(zone_of(user)):
            return await get_response(request)

    def middleware(request):
        user = request.user if _has_dates(request) else None
        with timezone.override(zone_of(user)):
            return get_response(request)

    return async_middleware if iscoroutinefunction(get_response) else middleware


def _has_dates(request) -> bool:
    """Not so signed files, which must neither wait for a session nor vary by cookie."""
    return not request.path_info.startswith("/media/")


def zone_of(user) -> zoneinfo.ZoneInfo:
    """The user's time zone; UTC for visitors and until it is known."""
    return zoneinfo.ZoneInfo(getattr(user, "time_zone", "") or "UTC")

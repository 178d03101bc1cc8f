"""What a signed-in user brings to every request: a time zone, and how often they change things."""

import zoneinfo

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware

from ourvidz.accounts import rates
from ourvidz.errors import LimitError
from ourvidz.problems import API_PREFIX, problem


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


@sync_and_async_middleware
def RateMiddleware(get_response):  # noqa: N802 - named as Django names middleware
    """429 where a browser's user changes things too often. Tokens are counted as they sign in."""

    async def async_middleware(request):
        user = await request.auser() if _changes(request) else None
        return _refusal(request, user) or await get_response(request)

    def middleware(request):
        user = request.user if _changes(request) else None
        return _refusal(request, user) or get_response(request)

    return async_middleware if iscoroutinefunction(get_response) else middleware


def _changes(request: HttpRequest) -> bool:
    return request.method not in rates.SAFE_METHODS


def _refusal(request: HttpRequest, user) -> HttpResponse | None:
    if user is None or not user.is_authenticated:
        return None
    try:
        rates.check(user.pk, request.method or "")
    except LimitError as error:
        headers = {"Retry-After": str(error.retry_after)}
        if request.path_info.startswith(API_PREFIX):
            return problem(429, error.detail, headers=headers)
        plain = "text/plain; charset=utf-8"
        return HttpResponse(error.detail, plain, status=429, headers=headers)
    return None

"""The page of one asset that strangers can open: its title and its picture or clip, no more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from library.models import PublicPage
from ourvidz.media.urls import media_url

ROBOTS = "noindex, nofollow, noarchive"


@require_safe
@never_cache
def page(request: HttpRequest, token: str) -> HttpResponse:
    """An unlisted or public asset; 404 for any address that is none, or is no longer."""
    found = _opened_by(token)
    context = {
        "shown": found,
        "urls": {name: media_url(found, name) for name in ("original", "poster")},
        "address": request.build_absolute_uri(request.path),
        "lasting": {name: _lasting(request, token, name) for name in ("original", "poster")},
    }
    return _said_to_robots(found, render(request, "library/public.html", context))


@require_safe
@never_cache
def file(request: HttpRequest, token: str, variant: str) -> HttpResponse:
    """Its `original` or `poster` at an address that does not expire while the page is open."""
    found = _opened_by(token)
    return _said_to_robots(found, redirect(media_url(found, variant)))


def _opened_by(token: str) -> PublicPage:
    return get_object_or_404(PublicPage.objects.open().select_related("asset"), token=token)


def _lasting(request: HttpRequest, token: str, variant: str) -> str:
    return request.build_absolute_uri(reverse("public:file", args=[token, variant]))


def _said_to_robots(found: PublicPage, answer: HttpResponse) -> HttpResponse:
    if not found.is_listed:
        answer["X-Robots-Tag"] = ROBOTS
    return answer

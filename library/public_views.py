"""The page of one asset that strangers can open: its title and its picture or clip, no more."""

from typing import TypeVar

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from library.models import PublicPage
from ourvidz.media.delivery import send_to_admitted
from ourvidz.media.urls import key_of, name_for_strangers

ROBOTS = "noindex, nofollow, noarchive"
Answer = TypeVar("Answer", bound=HttpResponseBase)


@require_safe
@never_cache
def page(request: HttpRequest, token: str) -> HttpResponse:
    """An unlisted or public asset; closed for any address that is none, or is no longer."""
    found = _opened_by(token)
    if found is None:
        return closed(request)
    context = {
        "shown": found,
        "urls": {name: _address(token, name) for name in ("original", "poster")},
        "origin": request.build_absolute_uri("/").rstrip("/"),
        "address": request.build_absolute_uri(request.path),
    }
    return _said_to_robots(found, render(request, "library/public.html", context))


@require_safe
async def file(request: HttpRequest, token: str, variant: str) -> HttpResponseBase:
    """Its `original` or `poster`, as long as the page is open."""
    found = await sync_to_async(_opened_by)(token)
    if found is None:
        return closed(request)
    name = name_for_strangers(found.asset.title, found.key)
    answer = await send_to_admitted(request, found.bucket, key_of(found, variant), name)
    return _said_to_robots(found, answer)


def closed(request: HttpRequest, address: str = "") -> HttpResponse:
    """What every link reads that opens nothing, whatever the reason."""
    return render(request, "closed.html", status=404)


def _opened_by(token: str) -> PublicPage | None:
    return PublicPage.objects.open().select_related("asset").filter(token=token).first()


def _address(token: str, variant: str) -> str:
    return reverse("public:file", args=[token, variant])


def _said_to_robots(found: PublicPage, answer: Answer) -> Answer:
    if not found.is_listed:
        answer["X-Robots-Tag"] = ROBOTS
    return answer

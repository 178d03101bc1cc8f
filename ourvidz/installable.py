"""What makes the studio an app that can be installed: manifest, service worker, offline page."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

ICONS = (
    ("img/app-192.png", "192x192", "any"),
    ("img/app-512.png", "512x512", "any"),
    ("img/app-maskable-512.png", "512x512", "maskable"),
)
# What the offline page needs; their hashed names are the version of the cache.
SHELL = (
    "css/tokens.css",
    "css/base.css",
    "css/controls.css",
    "css/offline.css",
    "js/offline.js",
    "js/outbox.js",
    "js/kept-settings.js",
    "img/mark.svg",
)


@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest."""
    start = reverse("workspace:page")
    content = {
        "id": start,
        "name": "OurVidz",
        "short_name": "OurVidz",
        "description": "A self-hosted studio for AI images and videos",
        "start_url": start,
        "scope": reverse("home"),
        "display": "standalone",
        "background_color": "#0b0d12",
        "theme_color": "#0b0d12",
        "icons": [
            {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_GET
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that it serves every page."""
    shell = [reverse("offline"), *(static(name) for name in SHELL)]
    context = {"shell": shell, "offline": reverse("offline")}
    return render(request, "service-worker.js", context, content_type="text/javascript")


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """What a page is without the server; the same for everyone, so that it can be kept."""
    return render(request, "offline.html")

"""django-rq's dashboard, as our Content Security Policy and an outage of Redis want it.

Its templates have styles and scripts inline, which browsers refuse here, and a script of the
admin that fails on its lists. What counts of them is in `static/`.
"""

import re

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.decorators import sync_and_async_middleware
from django.utils.html import format_html
from redis.exceptions import RedisError

PAGES = "/admin/django_rq/"
INLINE = re.compile(
    r"<style>.*?</style>"
    r"|<script[^>]*>\s*\(function.*?</script>"
    r"|<script[^>]*/admin/js/actions[^>]*></script>"
    r'|(?<=[\w"]) (?:style|onclick)="[^"]*"',
    re.DOTALL,
)


@sync_and_async_middleware
def QueueDashboardMiddleware(get_response):  # noqa: N802 - named as Django names middleware
    """Nothing inline in the dashboard's pages, and 503 instead of a crash without Redis."""

    async def async_middleware(request):
        return _tidied(request, await get_response(request))

    def middleware(request):
        return _tidied(request, get_response(request))

    chosen = async_middleware if iscoroutinefunction(get_response) else middleware
    chosen.process_exception = _away  # type: ignore[union-attr]
    return chosen


def _tidied(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if request.path_info.startswith(PAGES) and is_page and not response.streaming:
        text = INLINE.sub("", response.content.decode())
        response.content = text.replace("</head>", _ours() + "</head>", 1)
    return response


def _ours() -> str:
    return format_html(
        '<link rel="stylesheet" href="{}"><script src="{}" type="module"></script>',
        static("css/queue-dashboard.css"),
        static("js/queue-dashboard.js"),
    )


def _away(request: HttpRequest, error: Exception) -> HttpResponse | None:
    if not (isinstance(error, RedisError) and request.path_info.startswith(PAGES)):
        return None
    return render(request, "admin/queues_away.html", status=503)

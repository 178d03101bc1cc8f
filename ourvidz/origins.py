"""Websockets are opened only by our own pages."""

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http.request import split_domain_port, validate_host


class SameOrigin:
    """ASGI middleware that refuses a socket whose Origin is not exactly ours.

    Ours is scheme, host and port of the request itself, or one of CSRF_TRUSTED_ORIGINS.
    Browsers always send Origin for a websocket (RFC 6455, 10.2), so one without is refused.
    """

    def __init__(self, application) -> None:
        self.application = application

    async def __call__(self, scope, receive, send):
        application = self.application if is_ours(scope) else Refusal.as_asgi()
        return await application(scope, receive, send)


class Refusal(AsyncWebsocketConsumer):
    """Closes before accepting: the browser sees 403."""

    async def connect(self) -> None:
        await self.close()


def is_ours(scope) -> bool:
    """Whether the socket of `scope` was opened by a page of this site."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin1")
    host = headers.get(b"host", b"").decode("latin1")
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    secure = settings.HTTPS or scope.get("scheme") == "wss"
    name, _ = split_domain_port(host)
    known = bool(name) and validate_host(name, settings.ALLOWED_HOSTS)
    return known and origin == f"{'https' if secure else 'http'}://{host}"

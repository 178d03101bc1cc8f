"""The server's entry: HTTP to Django, websockets to consumers of signed-in users."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ourvidz.settings")
django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import path  # noqa: E402

from generation.long_poll import LongPoll  # noqa: E402
from ourvidz.origins import SameOrigin  # noqa: E402
from ourvidz.request_bodies import BodyLimits  # noqa: E402
from workspace.consumers import WorkspaceConsumer  # noqa: E402

sockets = URLRouter([path("ws/workspace/", WorkspaceConsumer.as_asgi())])
application = ProtocolTypeRouter(
    {
        "http": BodyLimits(
            LongPoll(django_application),
            settings.BODY_LIMITS,
            settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        ),
        "websocket": SameOrigin(AuthMiddlewareStack(sockets)),
    }
)

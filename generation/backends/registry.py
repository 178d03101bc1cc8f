"""The backends of this process: made once for each lane, kept with what they have loaded."""

from functools import cache
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from generation.backends.base import Backend, Enhancer
from generation.vocabulary import Lane


def backend_for(lane: str) -> Backend:
    """What settings name for `lane`, which makes pictures or clips."""
    return cast(Backend, _made(lane))


def enhancer() -> Enhancer:
    """What settings name for the chat lane."""
    return cast(Enhancer, _made(Lane.CHAT))


@cache
def _made(lane: str) -> Backend | Enhancer:
    named = cast(dict[str, Any], settings.BACKENDS[lane])
    return import_string(named["BACKEND"])(**named.get("OPTIONS", {}))

"""The backends of this process: made once for each lane, kept with what they have loaded."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from generation.backends.base import Backend, Enhancer


@cache
def backend_for(lane: str) -> Backend | Enhancer:
    """The backend that settings name for `lane`: an Enhancer for chat, else a Backend."""
    named = settings.BACKENDS[lane]
    return import_string(named["BACKEND"])(**named.get("OPTIONS", {}))

"""What pages send, read."""

from uuid import UUID

from django.http import Http404


def uuid_of(text: str | None) -> UUID:
    """Http404 for what is none: an id that cannot be is like one that is not there."""
    try:
        return UUID(text or "")
    except ValueError:
        raise Http404 from None

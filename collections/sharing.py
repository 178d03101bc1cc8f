"""Links that let strangers see one collection: made, opened, unlocked, revoked."""

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone

from ourvidz.accounts import throttling
from ourvidz.errors import LimitError

from .models import Collection, SharedLink, SharedLinkQuerySet

MOST_LINKS = 20  # live ones of one collection
TOO_MANY = f"This collection has {MOST_LINKS} links, which is the most. Revoke one first."
UNLOCKED = "unlocked_links"


def links_of(collection: Collection) -> SharedLinkQuerySet:
    """Those that open now, the newest first."""
    return SharedLink.objects.live().filter(collection=collection)


@transaction.atomic
def make(
    collection: Collection, lifetime: timedelta | None = None, password: str = ""
) -> tuple[SharedLink, str]:
    """A link; the second value is its token, which is not kept. LimitError at MOST_LINKS."""
    Collection.objects.select_for_update(no_key=True).get(pk=collection.pk)
    if links_of(collection).count() >= MOST_LINKS:
        raise LimitError(TOO_MANY)
    token = secrets.token_urlsafe(32)
    link = SharedLink.objects.create(
        collection=collection,
        digest=SharedLink.digest_of(token),
        password=make_password(password) if password else "",
        expires_at=timezone.now() + lifetime if lifetime else None,
    )
    return link, token


def revoke(link: SharedLink) -> None:
    """From now on it opens nothing; revoking twice is fine."""
    SharedLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())


def opened_by(token: str) -> SharedLink | None:
    """The live link with this token, if there is one.

    It is found by its digest, so how long that takes says nothing about a token.
    """
    live = SharedLink.objects.live().select_related("collection")
    return live.filter(digest=SharedLink.digest_of(token)).first()


def is_unlocked(link: SharedLink, session: SessionBase) -> bool:
    """Whether it needs no password, or was given it in this session."""
    return not link.password or link.pk in session.get(UNLOCKED, [])


def unlock(link: SharedLink, password: str, session: SessionBase, address: str) -> int | None:
    """Try `password`: None where it opened, else the seconds to wait before the next try.

    Tries are counted before they are looked at, by link and address.
    """
    name = f"link:{link.pk}"  # no user name has a colon
    wait = throttling.admit(name, address)
    if wait or not check_password(password, link.password):
        return wait
    throttling.forget(name, address)
    session[UNLOCKED] = [*session.get(UNLOCKED, []), link.pk]
    return None

"""How calls by workers over HTTP are signed, and refused if they are not, or come again.

HMAC-SHA256 over `{timestamp}.{nonce}.` and the raw body, with one of two live keys. A retry
of the same call is signed afresh, with a nonce of its own.
"""

import hashlib
import hmac
import re
import time

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from generation.models import CallbackNonce

TIMESTAMP = "X-OurVidz-Timestamp"
NONCE = "X-OurVidz-Nonce"
SIGNATURE = "X-OurVidz-Signature"

_TIMESTAMP = re.compile(r"[0-9]{1,12}")  # seconds since 1970
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")


class SignatureError(Exception):
    """The call is not signed as it must be; the message says what is wrong, never what is right."""


def sign(body: bytes, timestamp: int, nonce: str, key: str) -> str:
    """The signature, in hex, of a call made at `timestamp` (seconds since 1970)."""
    message = f"{timestamp}.{nonce}.".encode() + body
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()


def verify(request: HttpRequest) -> None:
    """SignatureError unless the raw body was signed by a key of ours, now, and for the first time.

    The nonce is used up only by a call whose signature is right.
    """
    timestamp, nonce = _header(request, TIMESTAMP, _TIMESTAMP), _header(request, NONCE, _NONCE)
    given = request.headers.get(SIGNATURE, "").encode()
    expected = [sign(request.body, int(timestamp), nonce, key) for key in settings.WORKER_KEYS]
    if not any(hmac.compare_digest(one.encode(), given) for one in expected):
        raise SignatureError(f"{SIGNATURE} does not fit this call.")
    if abs(time.time() - int(timestamp)) > settings.WORKER_SIGNATURE_SECONDS:
        raise SignatureError(f"{TIMESTAMP} is too far from now; set the worker's clock.")
    _use_up(nonce)


def _header(request: HttpRequest, name: str, pattern: re.Pattern) -> str:
    value = request.headers.get(name, "")
    if not pattern.fullmatch(value):
        raise SignatureError(f"{name} is missing or malformed.")
    return value


def _use_up(nonce: str) -> None:
    try:
        with transaction.atomic():
            CallbackNonce.objects.create(nonce=nonce)
    except IntegrityError:
        raise SignatureError(f"{NONCE} was used before; sign each call afresh.") from None

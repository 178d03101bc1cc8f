"""Signed calls to the worker API, as a worker makes them."""

import json
import time
import uuid

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from generation import signatures

URL = "/api/v1/generation-complete"


def headers_for(body: bytes, *, key: str = "", timestamp: int | None = None, nonce: str = ""):
    """The three headers of a call that is signed now, with the first live key."""
    timestamp = int(time.time()) if timestamp is None else timestamp
    nonce = nonce or uuid.uuid4().hex
    signature = signatures.sign(body, timestamp, nonce, key or settings.WORKER_KEYS[0])
    return {
        signatures.TIMESTAMP: str(timestamp),
        signatures.NONCE: nonce,
        signatures.SIGNATURE: signature,
    }


def post(payload: dict | bytes, headers: dict | None = None, **signing) -> HttpResponse:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = headers_for(body, **signing) if headers is None else headers
    return Client().post(URL, body, content_type="application/json", headers=headers)

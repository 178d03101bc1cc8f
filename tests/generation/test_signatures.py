"""Only who holds a key may report, now, and each report once."""

import hashlib
import hmac
import time

import pytest

from generation.models import CallbackNonce
from generation.signatures import NONCE, SIGNATURE, TIMESTAMP, sign
from tests.generation.worker_calls import headers_for, post

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.generation.worker_urls")]

UNKNOWN = {"job_id": "6f1f5f2e-0000-4000-8000-000000000000", "fence": 1, "status": "failed"}
BODY = b'{"job_id": "6f1f5f2e-0000-4000-8000-000000000000", "fence": 1, "status": "failed"}'
THROUGH = 404  # past the signature, to a job that does not exist


def refusal(response) -> str:
    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.json()["detail"]


def test_the_scheme_is_hmac_sha256_over_timestamp_nonce_and_body():
    expected = hmac.new(b"key", b'1700000000.abc.{"a":1}', hashlib.sha256).hexdigest()
    assert sign(b'{"a":1}', 1700000000, "abc", "key") == expected


def test_a_signed_call_gets_through():
    assert post(UNKNOWN).status_code == THROUGH


def test_both_live_keys_are_accepted(settings):
    settings.WORKER_KEYS = ["the new key", "the old key"]
    assert post(UNKNOWN, key="the new key").status_code == THROUGH
    assert post(UNKNOWN, key="the old key").status_code == THROUGH


def test_another_key_is_not():
    assert SIGNATURE in refusal(post(UNKNOWN, key="a guess"))


def test_a_body_that_was_changed_on_the_way():
    refusal(post(BODY.replace(b"failed", b"FAILED"), headers=headers_for(BODY)))


@pytest.mark.parametrize("name", [TIMESTAMP, NONCE, SIGNATURE])
def test_a_header_that_is_missing(name):
    headers = headers_for(BODY)
    del headers[name]
    assert name in refusal(post(BODY, headers=headers))


@pytest.mark.parametrize("value", ["now", "-5", "1e9", "٣٤", "9" * 40])
def test_a_timestamp_that_is_none(value):
    assert TIMESTAMP in refusal(post(BODY, headers={**headers_for(BODY), TIMESTAMP: value}))


@pytest.mark.parametrize("value", ["short", "x" * 65, "with space in it.", "ünïcödé-ünïcödé-"])
def test_a_nonce_that_is_none(value):
    headers = {**headers_for(BODY), NONCE: value.encode().decode("latin-1")}
    assert NONCE in refusal(post(BODY, headers=headers))


@pytest.mark.parametrize("away", [-301, 302])
def test_a_time_outside_the_window(away):
    assert TIMESTAMP in refusal(post(UNKNOWN, timestamp=int(time.time()) + away))


def test_a_replay():
    headers = headers_for(BODY)
    assert post(BODY, headers=headers).status_code == THROUGH
    assert NONCE in refusal(post(BODY, headers=headers))


def test_a_bad_signature_uses_up_no_nonce():
    headers = headers_for(BODY)
    refusal(post(BODY, headers={**headers, SIGNATURE: "0" * 64}))
    assert CallbackNonce.objects.count() == 0
    assert post(BODY, headers=headers).status_code == THROUGH


def test_the_signature_comes_before_any_look_into_the_body():
    refusal(post(b"{not json", headers={}))


def test_a_body_over_one_mebibyte():
    body = b" " * (1024 * 1024 + 1)
    assert post(body).status_code == 413

"""Redirects are followed a few times, and never to the inside (X6)."""

import pytest

from ourvidz.media.fetch import FetchError
from tests.media.fetch.web import OK, PUBLIC, REFUSED, moved


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(web, get, status):
    web.answers["/old"] = moved("/new?x=1", status)
    web.answers["/new?x=1"] = OK
    assert get("http://pictures.example/old") == b"pixels"
    assert len(web.connected) == 2


def test_three_redirects_are_enough(web, get):
    for step in range(1, 6):
        web.answers[f"/{step}"] = moved(f"http://other{step}.example/{step + 1}")
    web.answers["/4"] = OK
    assert get("http://pictures.example/1") == b"pixels"
    web.answers["/4"] = moved("/5")
    with pytest.raises(FetchError, match="too many times"):
        get("http://pictures.example/1")
    assert len(web.connected) == 8


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/secret", "http://169.254.169.254/", "//[::1]/", "http://inside.example/",
        "http://pictures.example:22/", "file:///etc/passwd", "http://[", "https://2130706433/",
    ],
)  # fmt: skip
def test_a_redirect_to_the_inside_is_refused(web, get, location):
    web.names |= {"inside.example": ["192.168.0.10"], "127.0.0.1": ["127.0.0.1"]}
    web.names |= {"169.254.169.254": ["169.254.169.254"], "::1": ["::1"]}
    web.answers["/a"] = moved(location)
    with pytest.raises(FetchError, match=REFUSED):
        get("http://pictures.example/a")
    assert web.connected == [(PUBLIC, 80)]

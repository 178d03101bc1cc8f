"""Nothing but addresses of the public web is dialled, however they are spelled (X6)."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourvidz.media.fetch import FetchError, fetch_picture, is_public
from tests.media.fetch.web import OK, PUBLIC, REFUSED


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://[::1]/", "http://localhost/",
        "http://localhost./", "http://LOCALHOST/", "http://0.0.0.0/", "http://0/", "http://[::]/",
        "http://10.1.2.3/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/", "http://168.63.129.16/",
        "http://[::ffff:127.0.0.1]/", "http://[::ffff:a9fe:a9fe]/", "http://[::127.0.0.1]/",
        "http://[2002:7f00:1::]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::7f00:1]/",
        "http://[2001:0:7f00:1::]/", "http://[fe80::1]/", "http://[fe80::1%25lo]/",
        "http://[fd00:ec2::254]/", "http://[ff02::1]/", "http://[2001:db8::1]/",
        "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://017700000001/",
        "http://0177.0.0.1/", "http://127.0.0.1.:80/", "http://224.0.0.1/", "http://240.0.0.1/",
        "http://255.255.255.255/", "http://198.18.0.1/", "http://192.88.99.1/",
        "http://\uff11\uff12\uff17.0.0.1/", "http://\u2460\u2461\u2466.0.0.1/",
    ],
)  # fmt: skip
def test_the_real_thing_refuses_every_address_that_is_not_public(url):
    """No hook: names and numbers go through the system's own resolver."""
    with pytest.raises(FetchError, match=REFUSED):
        fetch_picture(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "pictures.example/a.png", "//pictures.example/a.png", "ftp://pictures.example/a",
        "file:///etc/passwd", "data:image/png;base64,AAAA", "javascript:alert(1)",
        "http://", "http:///a.png", "http://pictures.example:8080/", "https://pictures.example:80/",
        "http://pictures.example:0/", "http://pictures.example:x/", "http://[::1/",
        "http://user@pictures.example/", "http://user:word@pictures.example/",
        "http://pictures.example\\@127.0.0.1/", "http://pictures.example/\r\nX: y",
        "http://pictures.example /", "http://%3127.0.0.1/", "http://a..b/",
        "http://" + "a" * 70 + "/",
    ],
)  # fmt: skip
def test_what_is_not_a_plain_web_address_is_refused(web, get, url):
    with pytest.raises(FetchError, match=REFUSED):
        get(url)
    assert web.connected == []


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_no_special_address_is_public(address):
    special = (
        address.is_private or address.is_loopback or address.is_link_local
        or address.is_multicast or address.is_reserved or address.is_unspecified
    )  # fmt: skip
    if special:
        assert not is_public(str(address))


@given(st.ip_addresses(v=4))
def test_no_spelling_of_an_ipv4_address_in_ipv6_is_public(address):
    number = int(address)
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    for spelling in (
        f"::ffff:{high}:{low}", f"::{high}:{low}", f"64:ff9b::{high}:{low}",
        f"2002:{high}:{low}::", f"2001:0:{high}:{low}::1",
    ):  # fmt: skip
        assert not is_public(spelling)


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:4700:4700::1111", "2a00:1450::1"])
def test_the_public_web_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "pictures.example", "1.2.3", "fe80::1%lo", "2606:4700::1%x"])
def test_what_is_no_plain_address_is_not_public(text):
    assert not is_public(text)


def test_a_name_with_one_private_address_is_refused(web, get):
    web.names["pictures.example"] = [PUBLIC, "10.0.0.1"]
    with pytest.raises(FetchError, match=REFUSED):
        get("http://pictures.example/a.png")
    assert web.connected == []


def test_a_name_is_resolved_once_and_its_checked_address_dialled(web):
    """A name server that answers differently the second time is not asked a second time."""
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    web.answers["/a.png"] = OK
    url = "http://pictures.example/a.png"
    fetch_picture(url, resolve=lambda *_: next(answers), connect=web.connect)
    assert web.connected == [(PUBLIC, 80)]
    assert next(answers) == ["127.0.0.1"]


def test_a_name_that_does_not_exist_is_refused_in_the_same_words(web):
    def unknown(host, port):
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(FetchError) as unknown_name:
        fetch_picture("http://nothing.example/", resolve=unknown, connect=web.connect)
    with pytest.raises(FetchError) as private:
        fetch_picture("http://10.0.0.1/")
    assert str(unknown_name.value) == str(private.value)

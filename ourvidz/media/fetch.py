"""Pictures from the web, fetched so that nobody can reach into the network here (X6).

A name is resolved once, every address it has is checked, and the connection goes to a
checked address itself; on each redirect again. No proxies, no cookies, no credentials.
"""

import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Timer
from time import monotonic
from urllib.parse import quote, urljoin, urlsplit

from ourvidz.media.limits import MAX_UPLOAD_BYTES

SECONDS = 15
MAX_REDIRECTS = 3
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = {301, 302, 303, 307, 308}
_BLOCK = 64 * 1024
_HEADERS = {
    "User-Agent": "OurVidz (picture fetch)",
    "Accept": "image/png, image/jpeg, image/webp",
    "Accept-Encoding": "identity",
    "Connection": "close",
}

# Public by their numbers, and yet not the web: relays and translators into other ranges,
# documentation, benchmarks, and the address at which Azure tells machines their secrets.
_REFUSED_V4 = [
    ipaddress.IPv4Network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "168.63.129.16/32")
]
_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")  # leaves out NAT64, mapped, local, multicast
_REFUSED_V6 = [
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]

Resolver = Callable[[str, int], list[str]]
Connector = Callable[[str, int, float], socket.socket]

# `getaddrinfo` knows no time-out; a name server that does not answer holds a thread here.
_lookups = ThreadPoolExecutor(8, "picture-lookup")


class FetchError(Exception):
    """The picture was not fetched; the message is for the person who gave the address."""


class _RefusedAddressError(FetchError):
    """Always in the same words, so that nothing about the network here can be found out."""

    def __init__(self) -> None:
        super().__init__(
            "That address cannot be used. Give the public http or https address of a "
            "picture, or upload the picture itself."
        )


@dataclass(frozen=True)
class _Target:
    scheme: str
    host: str
    path: str

    @property
    def port(self) -> int:
        return _PORTS[self.scheme]


class _Deadline:
    """All that is done for one address shares these seconds."""

    def __init__(self, seconds: float) -> None:
        self.end = monotonic() + seconds

    def left(self) -> float:
        left = self.end - monotonic()
        if left <= 0:
            raise self.passed()
        return left

    def passed(self) -> FetchError:
        return FetchError(f"The server took longer than {SECONDS} seconds.")

    @contextmanager
    def over(self, connection: socket.socket) -> Iterator[None]:
        """Shuts `connection` at the end, even if a byte trickles in now and then."""
        timer = Timer(self.left(), _shut, [connection])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            connection.close()


def fetch_picture(
    url: str,
    max_bytes: int = MAX_UPLOAD_BYTES,
    *,
    resolve: Resolver | None = None,
    connect: Connector | None = None,
) -> bytes:
    """The bytes at `url`; FetchError if they cannot be had. What they are is for intake to say.

    Tests give their own `resolve` (host, port -> addresses, which are checked as always) and
    `connect` (address, port, seconds -> socket).
    """
    deadline, location = _Deadline(SECONDS), url
    for _ in range(1 + MAX_REDIRECTS):
        url, target = _target(url, location)
        addresses = _checked_addresses(target, resolve or _resolve, deadline)
        connection = _connected(addresses, target, connect or _connect, deadline)
        content, location = _exchange(connection, target, max_bytes, deadline)
        if not location:
            return content
    raise FetchError("The address leads on to others too many times.")


def _target(base: str, location: str) -> tuple[str, _Target]:
    """The absolute URL and its parts; refused unless plain http or https on its own port."""
    try:
        url = urljoin(base, location)
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").rstrip(".")
        host = host if ":" in host else host.encode("idna").decode()
    except ValueError:
        raise _RefusedAddressError from None
    scheme = parts.scheme.lower()
    odd = re.search(r"[\s\\\x00-\x1f\x7f]", url) or "@" in parts.netloc or "%" in parts.netloc
    if odd or not host or scheme not in _PORTS or port not in (None, _PORTS[scheme]):
        raise _RefusedAddressError
    if _is_disguised(host):
        raise _RefusedAddressError
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return url, _Target(scheme, host, f"{path}?{query}" if query else path)


def _is_disguised(host: str) -> bool:
    """Whether it is an address spelled in a way of its own: 2130706433, 0x7f.1, 0177.0.0.1."""
    if not re.fullmatch(r"0x[0-9a-f]*|[0-9]+", host.rpartition(".")[2]):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


def _checked_addresses(target: _Target, resolve: Resolver, deadline: _Deadline) -> list[str]:
    """Where to connect to; refused if the name has any address that is not public."""
    try:
        addresses = _lookups.submit(resolve, target.host, target.port).result(deadline.left())
    except TimeoutError:
        raise deadline.passed() from None
    except (OSError, UnicodeError):
        raise _RefusedAddressError from None
    if not addresses or not all(map(is_public, addresses)):
        raise _RefusedAddressError
    return addresses


def is_public(address: str) -> bool:
    """Whether a numeric address is a host of the public internet, and only that."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv4Address):
        refused = number.is_multicast or number.is_reserved
        return number.is_global and not refused and not any(number in net for net in _REFUSED_V4)
    inside = number in _UNICAST_V6 and number.scope_id is None
    return inside and not any(number in network for network in _REFUSED_V6)


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _connect(address: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((address, port), seconds)


def _connected(
    addresses: list[str], target: _Target, connect: Connector, deadline: _Deadline
) -> socket.socket:
    """A connection to the first address that answers."""
    for address in addresses:
        with suppress(OSError):
            return connect(address, target.port, min(5, deadline.left()))
    raise FetchError("The server does not answer.")


def _exchange(
    connection: socket.socket, target: _Target, max_bytes: int, deadline: _Deadline
) -> tuple[bytes, str]:
    """One request: the content, or where it leads on to."""
    try:
        connection.settimeout(deadline.left())
        if target.scheme == "https":
            connection = _wrapped(connection, target)
        with deadline.over(connection):
            if isinstance(connection, ssl.SSLSocket):
                connection.do_handshake()
            answer = _answer(_request(connection, target), max_bytes)
        deadline.left()  # a connection that was shut looks like an answer that is complete
        return answer
    except (OSError, http.client.HTTPException, ValueError) as error:
        deadline.left()  # says so if time is what ran out
        if isinstance(error, ssl.SSLError):
            raise FetchError("The server has no valid certificate.") from None
        raise FetchError("The server broke off the answer.") from None


def _wrapped(connection: socket.socket, target: _Target) -> ssl.SSLSocket:
    """TLS for the name that was asked for, whatever the address; not yet shaken hands."""
    context = ssl.create_default_context()
    return context.wrap_socket(
        connection, server_hostname=target.host, do_handshake_on_connect=False
    )


def _request(connection: socket.socket, target: _Target) -> http.client.HTTPResponse:
    client = http.client.HTTPConnection(target.host, target.port)
    client.sock = connection
    host = f"[{target.host}]" if ":" in target.host else target.host
    client.request("GET", target.path, headers={"Host": host, **_HEADERS})
    return client.getresponse()


def _answer(response: http.client.HTTPResponse, max_bytes: int) -> tuple[bytes, str]:
    location = response.headers.get("Location", "")
    if response.status in _REDIRECTS and location:
        return b"", location
    if response.status != 200:
        raise FetchError(f"The server answered {response.status} in place of a picture.")
    content = bytearray()
    while block := response.read1(_BLOCK):
        content += block
        if len(content) > max_bytes:
            raise FetchError(f"The picture has more than {max_bytes // 1024**2} MB.")
    if response.length:  # bytes that were announced and never came
        raise http.client.IncompleteRead(b"")
    return bytes(content), ""


def _shut(connection: socket.socket) -> None:
    # The plain socket's own shutdown: that of TLS may not be called from another thread.
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
